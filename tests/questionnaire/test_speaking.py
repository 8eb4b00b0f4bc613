"""A scale without a text in a language is not asked in it; an earlier answer to it stays."""

from dataclasses import replace
from itertools import product

from clinic.questionnaire.conditions import Comparison, Kind, Operator
from clinic.questionnaire.model import Item, ItemType, Questionnaire, Text
from clinic.questionnaire.response import enabled_places
from clinic.questionnaire.speaking import MOST_REMEMBERED, asked_in, not_asked


def question(link_id: str, **more: object) -> Item:
    return Item(link_id=link_id, type=ItemType.STRING, text=Text(link_id), **more)


def group(link_id: str, *items: Item) -> Item:
    return Item(link_id=link_id, type=ItemType.GROUP, text=Text(link_id), items=items)


FORM = Questionnaire(
    id="form",
    url=None,
    version="1",
    title=Text("Form"),
    language="en",
    items=(
        group("pain", question("now")),
        group("mood", group("scale", question("first"), question("second"))),
        group("end", question("last")),
    ),
    left_out={"es": {"scale": "no official text"}},
)


def shown(form: Questionnaire, answers: dict[str, tuple[str, ...]]) -> list[str]:
    return [place.item.link_id for place in enabled_places(form, answers)]


def test_a_language_leaves_out_a_scale_with_all_its_questions():
    spanish = asked_in(FORM, "es", {})

    assert shown(spanish, {}) == ["pain", "now", "mood", "end", "last"]
    assert not_asked(spanish) == {"scale", "first", "second"}
    assert [step.id for step in spanish.steps] == [step.id for step in FORM.steps]


def test_an_answer_to_it_stays_and_can_only_be_read():
    answers = {"first": ("a",)}
    spanish = asked_in(FORM, "es", answers)

    assert "first" in shown(spanish, answers)
    assert spanish.by_link_id["first"].read_only
    assert not_asked(spanish) == {"second"}


def test_back_in_english_it_is_asked_again():
    spanish = asked_in(FORM, "es", {})

    assert asked_in(spanish, "en", {}) is FORM
    assert not_asked(FORM) == frozenset()


def test_the_form_of_a_language_is_made_once():
    assert asked_in(FORM, "es", {}) is asked_in(FORM, "es", {"now": ("a",)})


def test_of_all_the_ways_to_answer_a_long_scale_only_some_are_remembered():
    ids = [f"item-{number}" for number in range(9)]
    form = replace(FORM, items=(group("scale", *map(question, ids)),))

    for ticks in product((False, True), repeat=len(ids)):
        answers = {one: ("a",) for one, ticked in zip(ids, ticks, strict=True) if ticked}
        assert asked_in(form, "es", answers).by_link_id.keys() >= answers.keys()

    assert len(form.spoken) <= MOST_REMEMBERED


def test_a_question_that_hangs_on_one_left_out_is_not_shown():
    hangs = Comparison(Kind.QUESTION, "first", Operator.EXISTS, True)
    form = replace(FORM, items=(*FORM.items, question("after", enable_when=hangs)))

    assert "after" not in shown(asked_in(form, "es", {}), {})
    assert "after" in shown(form, {"first": ("a",)})
