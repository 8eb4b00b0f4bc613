"""Answers as a FHIR R4 QuestionnaireResponse: nested as FHIR wants, and read back equal."""

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from clinic.errors import UnreadableResponse
from clinic.fhir.response import response_from_json, response_to_json
from clinic.fhir.text import dumps, loads
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Response
from clinic.questionnaire.values import Coding, PartialDate, Quantity
from tests.make import SYSTEM, make_item, make_questionnaire, make_response

MORNING = datetime(2024, 3, 17, 9, 30, tzinfo=UTC)


def written(form: Questionnaire, answers: dict, **more: Any) -> dict:
    response = make_response(answers, questionnaire=form)
    return response_to_json(form, response, **({"status": "in-progress"} | more))


def items(form: Questionnaire, answers: dict) -> list:
    return written(form, answers).get("item", [])


def answered(form: Questionnaire, *raw: dict, **more: Any) -> dict:
    """The answers read from a response with these items."""
    resource = {"resourceType": "QuestionnaireResponse", "item": list(raw), **more}
    return dict(response_from_json(form, resource).answers)


def complaints(form: Questionnaire, *raw: Any, **more: Any) -> tuple[str, ...]:
    with pytest.raises(UnreadableResponse) as caught:
        answered(form, *raw, **more)
    return caught.value.problems


# Writing -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "written_as"),
    [
        ("boolean", False, {"valueBoolean": False}),
        ("integer", 3, {"valueInteger": 3}),
        ("decimal", Decimal("1.50"), {"valueDecimal": Decimal("1.50")}),
        ("decimal", 3, {"valueDecimal": 3}),
        ("date", PartialDate(2024, 3), {"valueDate": "2024-03"}),
        ("dateTime", PartialDate(2024), {"valueDateTime": "2024"}),
        ("dateTime", MORNING, {"valueDateTime": "2024-03-17T09:30:00Z"}),
        ("time", time(9, 30), {"valueTime": "09:30:00"}),
        ("string", "words", {"valueString": "words"}),
        ("text", "two\nlines", {"valueString": "two\nlines"}),
        ("url", "urn:x", {"valueUri": "urn:x"}),
        ("open-choice", "my own", {"valueString": "my own"}),
        (
            "choice",
            Coding("a", "s:1", "A"),
            {"valueCoding": {"system": "s:1", "code": "a", "display": "A"}},
        ),
        ("choice", PartialDate(2024, 3, 17), {"valueDate": "2024-03-17"}),
        (
            "quantity",
            Quantity(Decimal("70.5"), "kilos", "kg", "http://unitsofmeasure.org"),
            {"valueQuantity": {"value": Decimal("70.5"), "unit": "kilos", "code": "kg",
                               "system": "http://unitsofmeasure.org"}},
        ),
    ],
)  # fmt: skip
def test_an_answer_stands_under_the_type_of_its_question(kind, value, written_as):
    form = make_questionnaire(make_item("q", kind))
    response = Response().with_answers({"q": (value,)})
    resource = response_to_json(form, response, status="completed")

    assert resource["item"] == [{"linkId": "q", "answer": [written_as]}]
    assert response_from_json(form, loads(dumps(resource))).answers == response.answers


def test_the_frame_of_a_response():
    form = make_questionnaire(make_item("q"), id="a", version="2")
    moment = datetime(2026, 3, 17, 14, 30, tzinfo=UTC)
    response = Response(language="es", authored=moment).with_answers({"q": ("x",)})

    assert response_to_json(form, response, status="completed", reference="K7Q-1") == {
        "resourceType": "QuestionnaireResponse",
        "language": "es",
        "identifier": {"value": "K7Q-1"},
        "questionnaire": "https://clinic-intake.example/fhir/Questionnaire/a|2",
        "status": "completed",
        "authored": "2026-03-17T14:30:00Z",
        "item": [{"linkId": "q", "answer": [{"valueString": "x"}]}],
    }


def test_without_answers_there_are_no_items_because_fhir_has_no_empty_list():
    assert "item" not in written(make_questionnaire(make_item("q")), {})


def test_a_status_that_fhir_does_not_have_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="draft"):
        written(make_questionnaire(make_item("q")), {}, status="draft")


def test_groups_nest_and_words_to_read_are_left_out():
    form = make_questionnaire(
        make_item(
            "g",
            "group",
            make_item("words", "display"),
            make_item("h", "group", make_item("q"), make_item("blank")),
        ),
        make_item("empty", "group", make_item("never")),
    )

    answer = {"linkId": "q", "answer": [{"valueString": "x"}]}
    assert items(form, {"q": "x"}) == [{"linkId": "g", "item": [{"linkId": "h", "item": [answer]}]}]


def test_repeated_groups_are_repeated_items_and_keep_an_empty_one_between():
    form = make_questionnaire(make_item("m", "group", make_item("name"), repeats=True))

    assert items(form, {"m.0.name": "A", "m.2.name": "C"}) == [
        {"linkId": "m", "item": [{"linkId": "name", "answer": [{"valueString": "A"}]}]},
        {"linkId": "m"},
        {"linkId": "m", "item": [{"linkId": "name", "answer": [{"valueString": "C"}]}]},
    ]


def test_questions_below_a_question_stand_under_its_answer():
    form = make_questionnaire(make_item("q", "boolean", make_item("why")))
    why = {"linkId": "why", "answer": [{"valueString": "x"}]}

    assert items(form, {"q": True, "why": "x"}) == [
        {"linkId": "q", "answer": [{"valueBoolean": True, "item": [why]}]}
    ]
    assert items(form, {"why": "x"}) == [{"linkId": "q", "answer": [{"item": [why]}]}]


def test_questions_below_each_answer_of_a_repeated_question():
    form = make_questionnaire(make_item("m", "string", make_item("dose"), repeats=True))
    dose = {"linkId": "dose", "answer": [{"valueString": "2"}]}

    assert items(form, {"m": ["A", "B"], "m.1.dose": "2"}) == [
        {"linkId": "m", "answer": [{"valueString": "A"}, {"valueString": "B", "item": [dose]}]}
    ]


def test_an_answer_under_no_question_is_never_dropped_in_silence():
    form = make_questionnaire(make_item("q"))
    response = Response().with_answers({"q": ("x",), "m.0.gone": ("y",)})

    with pytest.raises(UnreadableResponse, match=r"m\.0\.gone: no question has this key"):
        response_to_json(form, response, status="completed")


@pytest.mark.parametrize(
    "answers",
    [
        {"m.0.name": "A", "m.2.name": "C"},
        {"m.1.d.1.hour": 8, "m.1.d.0.hour": 9, "m.0.name": "A"},
        {"r": ["A", "B"], "r.1.dose": "2", "r.2.dose": "3"},
        {"r.0.dose": "2"},
        {"under": "x"},
    ],
)
def test_odd_instances_come_back_equal(answers):
    doses = make_item("d", "group", make_item("hour", "integer"), repeats=True)
    form = make_questionnaire(
        make_item("m", "group", make_item("name"), doses, repeats=True),
        make_item("r", "string", make_item("dose"), repeats=True),
        make_item("q", "string", make_item("under")),
    )
    response = make_response(answers, questionnaire=form)

    resource = loads(dumps(response_to_json(form, response, status="in-progress")))

    assert response_from_json(form, resource) == response


# Reading -------------------------------------------------------------------------


def test_the_words_of_an_option_are_those_of_the_form():
    form = make_questionnaire(make_item("q", "choice", options=["yes", "no"]))

    found = answered(form, {"linkId": "q", "answer": [{"valueCoding": {"code": "yes"}}]})

    assert found == {"q": (Coding("yes", SYSTEM, "yes"),)}


def test_a_code_that_is_not_offered_is_kept_for_the_checks_to_judge():
    form = make_questionnaire(make_item("q", "choice", options=["yes"]))

    found = answered(form, {"linkId": "q", "answer": [{"valueCoding": {"code": "maybe"}}]})

    assert found == {"q": (Coding("maybe"),)}


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("integer", {"valueDecimal": Decimal("3.0")}, 3),
        ("decimal", {"valueInteger": 3}, Decimal(3)),
        ("date", {"valueDateTime": "2024-03-17"}, PartialDate(2024, 3, 17)),
        ("dateTime", {"valueDate": "2024"}, PartialDate(2024)),
        ("url", {"valueString": "https://x.example"}, "https://x.example"),
        ("string", {"valueUri": "urn:x"}, "urn:x"),
        ("time", {"valueTime": "09:30"}, time(9, 30)),
    ],
)
def test_a_neighbouring_type_is_taken_when_nothing_is_lost(kind, raw, value):
    found = answered(make_questionnaire(make_item("q", kind)), {"linkId": "q", "answer": [raw]})

    assert found == {"q": (value,)}
    assert type(found["q"][0]) is type(value)


def test_items_left_unnested_are_taken_where_that_is_clear():
    form = make_questionnaire(make_item("g", "group", make_item("q", "boolean", make_item("why"))))
    why = {"linkId": "why", "answer": [{"valueString": "x"}]}
    question = {"linkId": "q", "answer": [{"valueBoolean": True}], "item": [why]}

    assert answered(form, question) == {"q": (True,), "why": ("x",)}


def test_an_answer_without_value_comes_after_those_with_one():
    form = make_questionnaire(make_item("m", "string", make_item("dose"), repeats=True))
    dose = [{"linkId": "dose", "answer": [{"valueString": "2"}]}]

    found = answered(form, {"linkId": "m", "answer": [{"item": dose}, {"valueString": "A"}]})

    assert found == {"m": ("A",), "m.1.dose": ("2",)}


def test_words_to_read_may_be_sent_along():
    form = make_questionnaire(make_item("words", "display"), make_item("q"))

    assert answered(form, {"linkId": "words", "text": "Read this"}) == {}


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        ({"linkId": "nobody"}, "nobody: the questionnaire has no such item"),
        ({"answer": []}, "an item without a linkId"),
        ({"linkId": "g", "answer": [{"valueString": "x"}]}, "g: a group cannot hold an answer"),
        ({"linkId": "inner", "answer": [{"valueString": "x"}]}, "inner: this item stands outside"),
        ({"linkId": "n", "answer": [{"valueString": "3"}]}, "n: the answer must be one value"),
        (
            {"linkId": "n", "answer": [{"valueDecimal": Decimal("3.5")}]},
            "n: answer: a whole number",
        ),
        (
            {"linkId": "n", "answer": [{"valueInteger": "3"}]},
            "n: answer: text is not a whole number",
        ),
        ({"linkId": "n", "answer": ["x"]}, "n: answer: each member must be an object"),
        ({"linkId": "n", "answer": "x"}, "n: answer must be a list"),
        ({"linkId": "d", "answer": [{"valueDate": "2024-02-30"}]}, "d: answer: this is not a date"),
        ({"linkId": "d", "answer": [{"valueDate": "17.3.2024"}]}, "d: answer: this is not a date"),
        ({"linkId": "t", "answer": [{"valueDateTime": "2024-03-17T09:30:00"}]}, "and a zone"),
        ({"linkId": "t", "answer": [{"valueDateTime": "2024-03-17T25:00:00Z"}]}, "no such date"),
        ({"linkId": "n", "answer": [{"valueInteger": 1, "valueDecimal": 1}]}, "must be one value"),
    ],
)
def test_what_cannot_be_read_is_named_by_link_id(raw, complaint):
    form = make_questionnaire(
        make_item("g", "group", make_item("inner"), repeats=True),
        make_item("n", "integer"),
        make_item("d", "date"),
        make_item("t", "dateTime"),
    )

    (found,) = complaints(form, raw)

    assert complaint in found


def test_no_answer_of_a_patient_stands_in_a_complaint():
    form = make_questionnaire(
        *[make_item(kind, kind) for kind in ("integer", "date", "dateTime", "time", "quantity")]
    )
    secret = "SECRET-1234"
    ends = ("Integer", "Date", "DateTime", "Time", "Quantity")
    raw = [
        {"linkId": item.link_id, "answer": [{f"value{end}": secret}]}
        for item, end in zip(form.items, ends, strict=True)
    ]

    found = complaints(form, *raw)

    assert len(found) == 5
    assert not any(secret in one for one in found)


def test_a_response_to_another_form_is_refused():
    form = make_questionnaire(make_item("q"), id="a")

    (found,) = complaints(form, questionnaire="https://other.example/Questionnaire/b|1")

    assert "this answers another questionnaire" in found
    assert answered(form, questionnaire=f"{form.url}|0.9") == {}


@pytest.mark.parametrize("resource", [None, [], {}, {"resourceType": "Questionnaire"}])
def test_what_is_no_response_is_told_so(resource):
    with pytest.raises(UnreadableResponse, match="this is not a response"):
        response_from_json(make_questionnaire(make_item("q")), resource)


def test_items_nested_without_end_are_refused():
    form = make_questionnaire(make_item("g", "group", make_item("q")))
    raw: dict = {"linkId": "g"}
    for _ in range(5000):
        raw = {"linkId": "g", "item": [raw]}

    assert complaints(form, raw) == ("the items are nested too deep to be read",)


def test_language_and_moment_are_kept():
    form = make_questionnaire(make_item("q"))
    resource = {
        "resourceType": "QuestionnaireResponse",
        "language": "es",
        "authored": "2026-03-17T09:30:00-05:00",
    }

    found = response_from_json(form, resource)

    assert found.language == "es"
    assert found.authored == datetime(2026, 3, 17, 14, 30, tzinfo=UTC)
