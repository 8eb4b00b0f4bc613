"""Steps, their safe names, and the look-up tables of a questionnaire."""

import pytest

from clinic.questionnaire.model import RESERVED_STEP_IDS, Control, ItemType, Questionnaire, Text
from tests.make import make_intake, make_item, make_questionnaire


def page(link_id: str) -> Questionnaire:
    return make_questionnaire(make_item(link_id, "group", make_item(f"in-{link_id}")))


def step_ids(form: Questionnaire) -> list[str]:
    return [step.id for step in form.steps]


@pytest.mark.parametrize(
    ("link_id", "address"),
    [
        ("about-you", "about-you"),
        ("About You", "about-you"),
        ("1.2/3", "1-2-3"),
        ("/46-", "46"),
        ("Größe", "gr-e"),
        ("..", "step"),
        ("../../etc/passwd", "etc-passwd"),
        ("日本", "step"),
        ("a" * 300, "a" * 300),
    ],
)
def test_a_step_has_a_safe_address(link_id, address):
    assert step_ids(page(link_id)) == [address]


@pytest.mark.parametrize("name", sorted(RESERVED_STEP_IDS - {"summary.pdf"}))
def test_a_reserved_name_is_never_a_step(name):
    assert step_ids(page(name)) == [f"{name}-2"]


def test_names_that_would_be_the_same_are_numbered():
    form = make_questionnaire(
        *[make_item(name, "group", make_item(f"in {name}")) for name in ("a b", "A-B", "a.b")]
    )

    assert step_ids(form) == ["a-b", "a-b-2", "a-b-3"]


def test_items_outside_groups_gather_into_steps_of_their_own():
    form = make_questionnaire(
        make_item("first"),
        make_item("second"),
        make_item("page", "group", make_item("third")),
        make_item("rows", "group", make_item("fourth"), repeats=True),
        make_item("last"),
    )

    assert step_ids(form) == ["first", "page", "rows"]
    assert [[item.link_id for item in step.items] for step in form.steps] == [
        ["first", "second"],
        ["third"],
        ["rows", "last"],
    ]
    assert form.steps[0].title == form.title
    assert form.step_of("fourth").id == "rows"
    assert form.step_of("page").id == "page"
    with pytest.raises(KeyError):
        form.step_of("nobody")


def test_ancestors_are_given_nearest_first():
    inner = make_item("inner", "group", make_item("deep"))
    form = make_questionnaire(make_item("outer", "group", inner))

    assert [item.link_id for item in form.ancestors("deep")] == ["inner", "outer"]
    assert list(form.ancestors("outer")) == []


def test_help_is_the_words_of_the_help_items_below():
    help_item = make_item("h", "display", text="Count months too.", control=Control.HELP)
    item = make_item("q", "string", help_item, make_item("d", "display", text="Not help."))

    assert item.help_text() == "Count months too."


def test_a_repeated_question_with_only_words_below_holds_no_instances():
    words = make_item("d", "display")

    assert not make_item("q", "string", words, repeats=True).holds_instances
    assert make_item("q", "string", make_item("c"), repeats=True).holds_instances
    assert make_item("g", "group", make_item("c"), repeats=True).holds_instances


def test_words_are_given_in_a_language_they_have():
    text = Text("Yes", {"es": "Sí"})

    assert (text.within("es"), text.within("fr"), str(text)) == ("Sí", "Yes", "Yes")


def test_every_type_but_group_and_display_is_a_question():
    asked = {kind for kind in ItemType if make_item("q", kind.value).is_question}

    assert set(ItemType) - asked == {ItemType.GROUP, ItemType.DISPLAY}


def test_a_page_of_nothing_but_a_list_to_add_to_is_shown_while_the_list_is_empty():
    rows = make_item("rows", "group", make_item("row"), repeats=True)
    form = make_questionnaire(
        make_item("first", "group", make_item("question")),
        make_item("listed", "group", make_item("words", "display"), rows),
        make_item("last", "group", make_item("words-alone", "display")),
    )

    intake = make_intake(questionnaire=form)

    assert [step.id for step in intake.steps] == ["first", "listed"]
    assert intake.step_after(intake.step("first")) == intake.step("listed")
