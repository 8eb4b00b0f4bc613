"""A step as a form: what is typed is read, what is wrong is said, and nothing is lost."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from clinic.intake import Intake
from clinic.library.places import content_dir
from clinic.library.questionnaires import read_questionnaire
from clinic.questionnaire.model import Control, Item, Option, Questionnaire, Text
from clinic.questionnaire.response import Answer
from clinic.questionnaire.values import Coding, PartialDate, Quantity
from clinic.web.intake.forms import StepForm
from clinic.web.intake.typed import Typed
from tests.make import TODAY, make_intake, make_item, make_questionnaire, shipped_questionnaire
from tests.strategies import answers_for
from tests.web.sheet import filled_in, page_of, posted_by

CASES = sorted((content_dir().parent / "tests" / "questionnaire" / "cases").glob("*.yaml"))
FORMS = {path.stem: read_questionnaire(path) for path in CASES}

every_form = pytest.mark.parametrize("questionnaire", FORMS.values(), ids=FORMS.keys())
unhurried = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))

YES_NO = ("yes", "no", "not-sure")


def intake_of(*items: Item, **answers: Any) -> Intake:
    """An intake whose one page holds these items."""
    page = make_item("page", "group", *items)
    return make_intake(answers, questionnaire=make_questionnaire(page), offered=())


def form_of(intake: Intake, posted: dict[str, Any] | MultiDict[str, str] | None = None) -> StepForm:
    """The first page of an intake, posted or as it is met."""
    step = intake.questionnaire.steps[0]
    sent = MultiDict(posted) if posted is not None else None
    return StepForm(step, intake, sent, today=TODAY)


def read(item: Item, posted: dict[str, Any]) -> StepForm:
    """The form of one question, posted and judged."""
    form = form_of(intake_of(item), posted)
    form.validate()
    return form


def kept(form: StepForm) -> dict[str, Answer]:
    """What would be saved, blanks left out."""
    return {key: answer for key, answer in form.valid_answers().items() if answer}


def differences(questionnaire: Questionnaire, answers: dict[str, Answer]) -> dict[str, str]:
    """Show answers page by page and press Continue on each: what came back otherwise, by key."""
    blank = make_intake(questionnaire=questionnaire, offered=())
    full = blank.recorded(answers, offered=(), now=blank.created_at, today=TODAY)
    expected, found = dict(full.shown.answers), {}
    for step in full.steps:
        form = StepForm(step, full, today=TODAY)
        own: dict[str, Answer | None] = {key: None for key in expected if key in form}
        before = full.recorded(own, offered=(), now=full.created_at, today=TODAY)
        found |= kept(StepForm(step, before, posted_by(page_of(form)), today=TODAY))
    expected.pop("age-years", None)
    keys = sorted({*expected, *found})
    return {
        key: f"{expected.get(key)} became {found.get(key)}"
        for key in keys
        if expected.get(key) != found.get(key)
    }


# --- round trips -------------------------------------------------------------------------


@every_form
@unhurried
@given(data=st.data())
def test_any_answers_that_can_be_typed_come_back_equal_from_the_page(
    questionnaire: Questionnaire, data: st.DataObject
) -> None:
    answers = data.draw(answers_for(questionnaire, shown_only=True, typed=True))

    assert not differences(questionnaire, answers)


@settings(max_examples=4, deadline=None, phases=[Phase.generate])
@given(data=st.data())
def test_any_answers_to_the_shipped_intake_come_back_equal_from_the_page(
    data: st.DataObject,
) -> None:
    questionnaire = shipped_questionnaire()

    assert not differences(questionnaire, data.draw(answers_for(questionnaire, typed=True)))


@every_form
def test_a_page_has_no_id_twice_and_a_label_for_every_input(questionnaire: Questionnaire) -> None:
    intake = make_intake(questionnaire=questionnaire, offered=())
    for step in questionnaire.steps:
        page = page_of(StepForm(step, intake, today=TODAY))

        ids = [str(element["id"]) for element in page.select("[id]")]
        assert len(set(ids)) == len(ids)
        labels = {str(label["for"]) for label in page.select("label[for]")}
        inputs = page.select("form :is(input:not([type=hidden]), select, textarea)")
        assert {str(one["id"]) for one in inputs} <= labels
        described = " ".join(
            str(one["aria-describedby"]) for one in page.select("[aria-describedby]")
        )
        assert set(described.split()) <= set(ids)
        assert not page.select("form [checked], form option[selected]") or "initial" in (
            questionnaire.id
        )


# --- what is typed is read ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("integer", "1,200", 1200),
        ("integer", " 7 ", 7),
        ("integer", "-3", -3),
        ("integer", "5.0", 5),
        ("integer", "٣", 3),
        ("decimal", "1,200.50", Decimal("1200.50")),
        ("decimal", ".5", Decimal("0.5")),
        ("string", "  Ana  ", "Ana"),
        ("text", "one\r\ntwo", "one\ntwo"),
        ("boolean", "yes", True),
        ("boolean", "no", False),
        ("url", "https://www.example.org", "https://www.example.org"),
    ],
)
def test_what_is_typed_is_read(kind: str, typed: str, value: object) -> None:
    form = read(make_item("question", kind), {"question": typed})

    assert form.valid_answers() == {"question": (value,)}
    assert not form.errors_in_order


@pytest.mark.parametrize("typed", ["14:30", "2:30 pm", "2:30PM", "2.30 p.m.", "02:30 p"])
def test_a_time_is_read_as_people_write_it(typed: str) -> None:
    form = read(make_item("question", "time"), {"question": typed})

    assert [str(value) for value in form.valid_answers()["question"] or ()] == ["14:30:00"]


@pytest.mark.parametrize("month", ["3", "03", "March", "mar", "MARZO", "Mar.", "marzo"])
def test_a_month_is_a_number_or_a_name_in_english_or_spanish(month: str) -> None:
    posted = {"on-year": "1958", "on-month": month, "on-day": "27"}

    form = read(make_item("on", "date"), posted)

    assert form.valid_answers() == {"on": (PartialDate(1958, 3, 27),)}


def test_a_date_may_lack_its_day_or_month_but_a_birth_date_may_not() -> None:
    onset = read(make_item("onset", "date"), {"onset-year": "2024", "onset-month": "3"})
    birth = read(make_item("birth-date", "date"), {"birth-date-year": "1958"})

    assert onset.valid_answers() == {"onset": (PartialDate(2024, 3),)}
    assert birth.errors_in_order == [("birth-date-month", "Add the month.")]


@pytest.mark.parametrize(
    ("language", "order"), [("en", ("month", "day", "year")), ("es", ("day", "month", "year"))]
)
def test_a_date_is_asked_in_the_order_of_the_language_under_the_same_names(
    language: str, order: tuple[str, ...]
) -> None:
    intake = intake_of(make_item("on", "date", required=True))
    step = intake.questionnaire.steps[0]
    form = StepForm(step, intake, MultiDict({"on-year": ""}), language, today=TODAY)
    form.validate()

    (question,) = form.questions

    assert isinstance(question, Typed)
    assert [part.name for part in question.rows[0]] == [f"on-{part}" for part in order]
    assert question.error_id == f"on-{order[0]}"
    # The script that opens follow-ups reads the three by place, in every language.
    assert question.posted_names == ["on-month", "on-day", "on-year"]


def test_a_date_with_a_time_is_a_moment_and_without_one_a_day() -> None:
    day = {"at-year": "2026", "at-month": "3", "at-day": "17"}
    moment = read(make_item("at", "dateTime"), day | {"at-time": "2:30 pm"})
    alone = read(make_item("at", "dateTime"), day | {"at-time": ""})

    assert [str(one) for one in kept(moment)["at"]] == ["2026-03-17 14:30:00+00:00"]
    assert kept(alone)["at"] == (PartialDate(2026, 3, 17),)


def test_a_choice_posts_its_code_and_keeps_its_coding() -> None:
    form = read(make_item("fever", "choice", options=YES_NO), {"fever": "not-sure"})

    (value,) = kept(form)["fever"]
    assert isinstance(value, Coding)
    assert value.code == "not-sure"


def test_two_options_with_one_code_stay_apart() -> None:
    systems = [Option(value=Coding("1", s), text=Text(s)) for s in ("urn:a", "urn:b")]
    form = form_of(intake_of(make_item("grade", "choice", options=systems)))

    codes = [str(one["value"]) for one in page_of(form).select("input[type=radio]")]
    again = form_of(form.intake, {"grade": codes[1]})

    assert len(set(codes)) == 2
    assert kept(again)["grade"] == (Coding("1", "urn:b"),)


def test_own_words_stand_beside_the_options_of_an_open_choice() -> None:
    item = make_item("place", "open-choice", options=("back", "leg"), repeats=True)

    form = read(item, {"place": ["back"], "place-other": "toe"})

    assert [getattr(one, "code", one) for one in kept(form)["place"]] == ["back", "toe"]


def test_a_quantity_takes_its_unit_from_the_item_or_from_the_list() -> None:
    pounds, kilograms = Coding("[lb_av]", None, "pounds"), Coding("kg", None, "kilograms")
    one = read(make_item("weight", "quantity", unit=pounds), {"weight": "180"})
    many = make_item("weight", "quantity", unit_options=(pounds, kilograms))
    listed = read(many, {"weight": "80", "weight-unit": "kg"})
    without = read(many, {"weight": "80", "weight-unit": ""})

    assert kept(one)["weight"] == (Quantity(Decimal(180), "pounds", "[lb_av]"),)
    assert kept(listed)["weight"] == (Quantity(Decimal(80), "kilograms", "kg"),)
    assert without.errors_in_order == [("weight-unit", "Choose the unit too.")]


def test_a_scale_is_eleven_radios_with_words_at_both_ends_and_none_is_chosen() -> None:
    ends = [
        make_item("low", "display", text="No pain", control=Control.LOWER),
        make_item("high", "display", text="The worst", control=Control.UPPER),
    ]
    item = make_item("pain", "integer", *ends, control=Control.SLIDER, minimum=0, maximum=10)
    page = page_of(form_of(intake_of(item)))

    radios = page.select("input[type=radio][name=pain]")
    assert [str(one["value"]) for one in radios] == [str(n) for n in range(11)]
    assert not page.select("[checked]")
    assert "No pain" in page.text
    assert kept(read(item, {"pain": "0"})) == {"pain": (0,)}


# --- what is wrong is said, and the text stays -------------------------------------------


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("integer", "five", "Write only a number, in figures, such as 5."),
        ("integer", "5 days", "Write only a number, in figures, such as 5."),
        ("integer", "1e3", "Write only a number, in figures, such as 5."),
        ("integer", "5.5", "Enter a whole number."),
        ("decimal", "1,5", "Write the number with a point, such as 1.5."),
        ("decimal", "9" * 41, "Write a shorter number."),
        ("time", "25:00", "Write the time like this: 2:30 pm."),
        ("time", "9", "Write the time like this: 2:30 pm."),
        ("time", "soon", "Write the time like this: 2:30 pm."),
        ("string", "a\x00b", "Take out the characters that cannot be printed."),
        ("string", "a\x07b", "Take out the characters that cannot be printed."),
        ("url", "example", "Enter a full web address, such as https://www.example.org."),
    ],
)
def test_what_cannot_be_read_is_said_and_the_text_stays(
    kind: str, typed: str, sentence: str
) -> None:
    form = read(make_item("question", kind), {"question": typed})

    assert form.errors_in_order == [("question", sentence)]
    assert form.valid_answers() == {}
    page = page_of(form)
    box = page.select_one("#question")
    assert box is not None
    assert box["value"] == typed.replace("\x00", "").replace("\x07", "")
    assert box["aria-invalid"] == "true"


@pytest.mark.parametrize(
    ("year", "month", "day", "part", "sentence"),
    [
        ("1958", "2", "31", "day", "Check the day. February 1958 has 28 days."),
        ("58", "3", "27", "year", "Write the year with 4 figures, such as 1958."),
        ("1958", "13", "27", "month", "Write the month as a number from 1 to 12, or its name."),
        ("1958", "Ju", "27", "month", "Write the month as a number from 1 to 12, or its name."),
        ("1958", "3", "32", "day", "Write the day as a number from 1 to 31."),
        ("1958", "3", "x", "day", "Write the day as a number from 1 to 31."),
        ("1958", "", "27", "month", "Add the month."),
        ("1958", "3", "", "day", "Add the day."),
        ("", "3", "27", "year", "Add the year."),
        ("2026", "3", "18", "year", "Check the year. This date is still to come."),
        ("1905", "3", "27", "year", "Check the year. This is more than 120 years ago."),
    ],
)
def test_a_wrong_birth_date_names_the_part_to_mend(
    year: str, month: str, day: str, part: str, sentence: str
) -> None:
    texts = {"birth-date-year": year, "birth-date-month": month, "birth-date-day": day}

    form = read(make_item("birth-date", "date"), texts)

    assert form.errors_in_order == [(f"birth-date-{part}", sentence)]
    page = page_of(form)
    assert {name: page.select_one(f"#{name}")["value"] for name in texts} == texts  # type: ignore[index]
    assert [str(one["id"]) for one in page.select("[aria-invalid=true]")] == [f"birth-date-{part}"]


def test_someone_born_today_or_120_years_ago_is_believed() -> None:
    for born in (TODAY, date(TODAY.year - 120, 1, 1)):
        texts = {"year": born.year, "month": born.month, "day": born.day}
        posted = {f"birth-date-{part}": str(number) for part, number in texts.items()}

        assert not read(make_item("birth-date", "date"), posted).errors_in_order


def test_a_text_of_20000_characters_is_told_its_limit_and_stays() -> None:
    long = "word " * 4000

    form = read(make_item("story", "text", max_length=2000), {"story": long})

    assert form.errors_in_order == [
        ("story", "Shorten this to 2,000 characters. It has 19,999 now.")
    ]
    area = page_of(form).select_one("textarea")
    assert area is not None
    assert area.text.strip() == long.strip()


@pytest.mark.parametrize("posted", ["maybe", "yes\x00", "YES"])
def test_an_unknown_choice_is_refused(posted: str) -> None:
    form = read(make_item("fever", "choice", options=YES_NO), {"fever": posted})

    assert form.errors_in_order == [("fever", "Choose one of the answers shown.")]
    assert form.valid_answers() == {}


def test_other_without_words_asks_for_them() -> None:
    form = read(make_item("place", "open-choice", options=("back",)), {"place": "_other"})

    assert form.errors_in_order == [("place-other", "Write your answer in the box.")]


def test_none_of_these_beside_another_answer_is_asked_again() -> None:
    none = Option(value=Coding("none"), text=Text("None of these"), exclusive=True)
    item = make_item("signs", "choice", options=("fever", none), repeats=True)

    form = read(item, {"signs": ["fever", "none"]})

    assert [words for _, words in form.errors_in_order] == [
        "“None of these” cannot stand with another answer. Keep the one that fits."
    ]
    assert form.valid_answers() == {}
    assert len(page_of(form).select("[checked]")) == 2


def test_a_blank_required_question_is_asked_again_and_taken_back() -> None:
    item = make_item("fever", "choice", options=YES_NO, required=True)

    form = form_of(intake_of(item, fever="yes"), {"fever": ""})

    assert not form.validate()
    assert form.errors_in_order == [("fever", "Answer this question to go on.")]
    assert form.valid_answers() == {"fever": None}


def test_every_error_link_lands_on_a_box_and_says_what_the_box_says() -> None:
    items = [
        make_item("name", "string", required=True),
        make_item("born", "date", required=True),
        make_item("fever", "choice", options=YES_NO, required=True),
        make_item("signs", "choice", options=YES_NO, required=True, repeats=True),
    ]
    form = form_of(intake_of(*items), {})
    form.validate()
    page = page_of(form)

    links = page.select("#error-summary a")
    assert len(links) == 4
    for link in links:
        target = page.select_one(str(link["href"]))
        assert target is not None
        assert target.name == "input"
        assert link.text in target.find_parent(class_="field--wrong").text  # type: ignore[union-attr]
    assert page.title is not None
    assert page.title.text.startswith("Error: ")
    assert page.h1 is not None
    assert page.h1.find_previous(id="error-summary") is not None


def test_an_unknown_field_is_ignored() -> None:
    form = read(make_item("name"), {"name": "Ana", "role": "admin", "_offered": "name role"})

    assert form.valid_answers() == {"name": ("Ana",)}
    assert form.offered == {"name"}


# --- what was offered, and follow-ups -----------------------------------------------------

FEVER = make_item("fever", "choice", options=YES_NO, required=True)
KIND = make_item(
    "kind", "choice", options=("high", "low"), required=True, when=("fever", "=", Coding("yes"))
)


def test_a_follow_up_waits_hidden_and_disabled_until_it_is_switched_on() -> None:
    before = page_of(form_of(intake_of(FEVER, KIND)))
    after = page_of(form_of(intake_of(FEVER, KIND, fever="yes")))

    waiting, shown = before.select_one(".follow_up"), after.select_one(".follow_up")
    assert waiting is not None
    assert waiting.has_attr("hidden")
    assert waiting.select_one("fieldset").has_attr("disabled")  # type: ignore[union-attr]
    assert shown is not None
    assert not shown.has_attr("hidden")
    assert not shown.select_one("fieldset").has_attr("disabled")  # type: ignore[union-attr]
    assert str(before.select_one("[name=_offered]")["value"]) == "fever"  # type: ignore[index]
    assert str(after.select_one("[name=_offered]")["value"]) == "fever kind"  # type: ignore[index]


def test_a_follow_up_that_was_not_on_the_page_is_neither_judged_nor_taken_back() -> None:
    intake = intake_of(FEVER, KIND, fever="yes", kind="high")

    form = form_of(intake, {"fever": "yes", "_offered": "fever"})

    assert form.validate()
    assert form.offered == {"fever"}
    assert "kind" not in form.valid_answers()
    assert form.offered_value == "fever kind"


def test_a_follow_up_that_was_on_the_page_is_judged() -> None:
    form = form_of(intake_of(FEVER, KIND, fever="yes"), {"fever": "yes", "_offered": "fever kind"})

    assert not form.validate()
    assert form.errors_in_order == [("kind", "Answer this question to go on.")]


def test_a_follow_up_that_the_same_post_switches_off_is_not_judged() -> None:
    form = form_of(intake_of(FEVER, KIND, fever="yes"), {"fever": "no", "_offered": "fever kind"})

    assert form.validate()


def test_without_the_hidden_field_what_the_server_showed_counts_as_offered() -> None:
    plain = form_of(intake_of(FEVER, KIND), {"fever": "yes"})
    both = form_of(intake_of(FEVER, KIND), {"fever": "yes", "kind": "low"})

    assert plain.offered == {"fever"}
    assert both.offered == {"fever", "kind"}
    assert set(kept(both)) == {"fever", "kind"}


def test_a_condition_on_another_page_is_settled_and_one_on_this_page_left_open() -> None:
    here = make_item("kind", when=[("fever", "=", Coding("yes")), ("age", ">", 50)])
    questionnaire = make_questionnaire(
        make_item("first", "group", make_item("age", "integer")),
        make_item("second", "group", FEVER, here),
    )
    intake = make_intake({"age": 60}, questionnaire=questionnaire, offered=())

    (node,) = StepForm(questionnaire.steps[1], intake, today=TODAY).tree[1:]

    assert node.shown_when == (
        '{"all": [{"names": ["fever"], "type": "choice", "operator": "=", "answer": "yes"}, '
        '{"truth": true}]}'
    )


def test_link_ids_with_spaces_come_back_from_the_list_of_offered_questions() -> None:
    form = form_of(intake_of(make_item("what & why"), make_item("100%")))

    again = form_of(form.intake, {"_offered": form.offered_value})

    assert again.offered == {"what & why", "100%"}


def test_optional_is_said_of_plain_questions_alone() -> None:
    items = [make_item("plain"), make_item("asked", required=True), FEVER, KIND]
    page = page_of(form_of(intake_of(*items)))

    optional = [span.parent.text for span in page.select(".field__optional") if span.parent]
    assert len(optional) == 1
    assert optional[0].startswith("plain")


def test_nothing_is_optional_where_a_blank_counts_as_the_worst() -> None:
    group = make_item("page", "group", make_item("plain"), codes=(Coding("safety"),))
    intake = make_intake(questionnaire=make_questionnaire(group), offered=())

    assert not page_of(form_of(intake)).select(".field__optional")


# --- rows ---------------------------------------------------------------------------------

MEDICINES = make_item(
    "medicine", "group", make_item("name", required=True), make_item("dose"), repeats=True
)


def medicines(*names: str) -> Intake:
    answers = {f"medicine.{n}.name": name for n, name in enumerate(names)}
    page = make_item("page", "group", MEDICINES)
    return make_intake(answers, questionnaire=make_questionnaire(page), offered=())


def test_add_another_keeps_what_was_typed_and_gives_a_blank_row() -> None:
    page = page_of(form_of(medicines("aspirin")))

    typed = {"medicine.0.dose": "1 a day"}
    form = form_of(medicines("aspirin"), filled_in(page, typed, press=("_add", "medicine")))

    assert form.rearranged
    assert kept(form) == {"medicine.0.name": ("aspirin",), "medicine.0.dose": ("1 a day",)}
    assert "medicine.1.name" in form
    assert not form.errors_in_order


def test_remove_takes_one_row_out_and_the_rest_move_up() -> None:
    intake = medicines("aspirin", "ibuprofen", "warfarin")
    page = page_of(form_of(intake))

    form = form_of(intake, filled_in(page, {}, press=("_remove", "medicine.1")))

    after = intake.response.with_answers(form.valid_answers()).answers
    assert after == {"medicine.0.name": ("aspirin",), "medicine.1.name": ("warfarin",)}
    assert "medicine.2.name" not in form


def test_the_last_row_can_be_emptied_for_good() -> None:
    intake = medicines("aspirin", "ibuprofen")

    form = form_of(intake, filled_in(page_of(form_of(intake)), {}, ("_remove", "medicine.1")))

    assert intake.response.with_answers(form.valid_answers()).answers == {
        "medicine.0.name": ("aspirin",)
    }


def test_a_blank_row_is_not_judged_but_a_half_filled_one_is() -> None:
    page = page_of(form_of(medicines()))

    blank = form_of(medicines(), posted_by(page))
    half = form_of(medicines(), filled_in(page, {"medicine.0.dose": "1 a day"}))

    assert blank.validate()
    assert not half.validate()
    assert half.errors_in_order == [("medicine.0.name", "Answer this question to go on.")]


def test_a_repeated_question_has_a_box_for_each_answer() -> None:
    intake = intake_of(make_item("worry", repeats=True), worry=["falling", "work"])
    page = page_of(form_of(intake))

    added = form_of(intake, filled_in(page, {}, press=("_add", "worry")))
    removed = form_of(intake, filled_in(page, {}, press=("_remove", "worry.0")))

    assert len(page.select("input[name=worry]")) == 2
    assert len(page_of(added).select("input[name=worry]")) == 3
    assert kept(added) == {"worry": ("falling", "work")}
    assert kept(removed) == {"worry": ("work",)}


def test_a_row_number_out_of_reason_makes_no_rows() -> None:
    form = form_of(medicines(), {"medicine.999999.name": "x", "_remove": "medicine." + "9" * 5000})

    assert len(list(form.questions)) == 2


def test_answers_of_another_step_cannot_be_removed_from_here() -> None:
    other = make_item("second", "group", make_item("pill", "group", make_item("x"), repeats=True))
    questionnaire = make_questionnaire(make_item("first", "group", make_item("a")), other)
    intake = make_intake({"pill.0.x": "one"}, questionnaire=questionnaire, offered=())

    form = StepForm(questionnaire.steps[0], intake, MultiDict({"_remove": "pill.0"}), today=TODAY)

    assert "pill.0.x" not in form.valid_answers()


# --- names ---------------------------------------------------------------------------------


def test_a_date_beside_a_question_with_the_name_of_its_part_keeps_both() -> None:
    items = [make_item("onset", "date"), make_item("onset-year", "integer")]
    answers: dict[str, Any] = {"onset": "2024-03-17", "onset-year": 7}
    intake = intake_of(*items, **answers)

    form = form_of(intake_of(*items), posted_by(page_of(form_of(intake))))

    assert kept(form) == dict(intake.response.answers)


def test_browsers_may_fill_in_a_name_and_a_birth_date() -> None:
    items = [make_item("full-name"), make_item("birth-date", "date"), make_item("story")]
    page = page_of(form_of(intake_of(*items)))

    filled = {
        str(one["name"]): str(one["autocomplete"])
        for one in page.select(".field__input[autocomplete]")
    }
    assert filled == {
        "full-name": "name",
        "birth-date-month": "bday-month",
        "birth-date-day": "bday-day",
        "birth-date-year": "bday-year",
    }


def test_hostile_words_are_shown_as_words() -> None:
    hostile = '"><script>alert(1)</script>'

    page = page_of(form_of(intake_of(make_item("story", "text"), story=hostile)))

    area = page.select_one("textarea")
    assert area is not None
    assert area.text.strip() == hostile
    assert not [one for one in page.select("script") if not one.has_attr("src")]
