"""A FHIR R4 Questionnaire is read whole: types, words, limits, options and value sets."""

from decimal import Decimal
from typing import Any

import pytest

from clinic.fhir.questionnaire import questionnaire_from_json
from clinic.questionnaire.model import Control, ItemType
from clinic.questionnaire.values import Coding, PartialDate, Quantity, Today
from tests.fhir.forms import SDC, YES_NO, choice, control, extension, form, item, problems, read

# What is read --------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind.value for kind in ItemType])
def test_every_type_that_we_render_is_read(kind):
    raw = item("q", kind)
    if kind == "group":
        raw["item"] = [item("inner")]
    if "choice" in kind:
        raw["answerOption"] = YES_NO

    assert read(raw).type is ItemType(kind)


def test_the_plain_members_of_an_item():
    found = read(
        item(prefix="1.", required=True, repeats=True, readOnly=True, maxLength=80,
             code=[{"system": "http://loinc.org", "code": "1234-5"}, {"display": "no code"}],
             definition="https://example.org/x", id="a")
    )  # fmt: skip

    assert (found.text.words, found.prefix.words, found.max_length) == ("q", "1.", 80)
    assert found.required
    assert found.repeats
    assert found.read_only
    assert found.codes == (Coding("1234-5", "http://loinc.org"),)


def test_the_identity_of_a_form():
    url = "https://x.example/Questionnaire/a"
    found = questionnaire_from_json(
        form(item(), id="a", url=url, version="2", title="T", language="es")
    )

    assert (found.id, found.url, found.version) == ("a", url, "2")
    assert (found.title.words, found.language) == ("T", "es")


def test_a_form_without_id_is_called_by_the_end_of_its_address():
    assert questionnaire_from_json(form(item(), url="https://x.example/Q/phq-9")).id == "phq-9"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"valueCoding": {"system": "s:1", "code": "a", "display": "A"}}, Coding("a", "s:1", "A")),
        ({"valueString": "words"}, "words"),
        ({"valueInteger": 3}, 3),
        ({"valueDate": "2024-03"}, PartialDate(2024, 3)),
    ],
)
def test_every_kind_of_option_is_read(value, expected):
    (option,) = read(item("q", "choice", answerOption=[value])).options

    assert option.value == expected
    assert type(option.value) is type(expected)


@pytest.mark.parametrize("url", ["ordinalValue", "itemWeight", "questionnaire-ordinalValue"])
def test_the_score_of_an_option_stands_on_it_or_on_its_coding(url):
    score = extension(url, valueDecimal=2.5)
    on_option = {"valueCoding": {"code": "a"}, "extension": [score]}
    on_coding = {"valueCoding": {"code": "b", "extension": [score]}}

    found = read(item("q", "choice", answerOption=[on_option, on_coding])).options

    assert [option.score for option in found] == [Decimal("2.5"), Decimal("2.5")]


def test_exclusive_first_selected_and_prefixed_options():
    raw = {
        "valueCoding": {"code": "none", "display": "None"},
        "initialSelected": True,
        "extension": [
            extension("questionnaire-optionExclusive", valueBoolean=True),
            extension("questionnaire-optionPrefix", valueString="c)"),
        ],
    }
    (option,) = read(item("q", "choice", answerOption=[raw])).options

    assert option.exclusive
    assert option.initially_selected
    assert option.text.words == "c) None"


def translated(**words: str) -> dict:
    def parts(code: str, text: str) -> list[dict]:
        return [{"url": "lang", "valueCode": code}, {"url": "content", "valueString": text}]

    return {
        "extension": [
            extension("translation", extension=parts(code, text)) for code, text in words.items()
        ]
    }


def test_translations_of_title_text_and_options():
    options = [
        {"valueCoding": {"code": "y", "display": "Yes", "_display": translated(es="Sí")}},
        {"valueString": "Maybe", "_valueString": translated(es="Quizás")},
    ]
    raw = item("q", "choice", answerOption=options, _text=translated(es="Pregunta", fr="Question"))
    found = questionnaire_from_json(form(raw, title="T", _title=translated(es="Título")))

    assert found.title.within("es") == "Título"
    assert found.items[0].text.within("fr") == "Question"
    assert [option.text.within("es") for option in found.items[0].options] == ["Sí", "Quizás"]


def test_limits_and_their_kind():
    found = read(
        item("q", "decimal", extension=[
            extension("minValue", valueDecimal=0.5),
            extension("maxValue", valueInteger=10),
            extension("maxDecimalPlaces", valueInteger=2),
            extension("questionnaire-unit", valueCoding={"code": "kg", "display": "kilos"}),
        ])
    )  # fmt: skip

    assert (found.minimum, found.maximum, found.max_decimal_places) == (Decimal("0.5"), 10, 2)
    assert found.unit == Coding("kg", None, "kilos")


def test_text_rules_and_counts():
    found = read(
        item(repeats=True, extension=[
            extension("minLength", valueInteger=2),
            extension("regex", valueString="[a-z]+"),
            extension("entryFormat", valueString="abc"),
            extension("questionnaire-minOccurs", valueInteger=1),
            extension("questionnaire-maxOccurs", valueInteger=3),
        ])
    )  # fmt: skip

    assert (found.min_length, found.pattern, found.entry_format) == (2, "[a-z]+", "abc")
    assert (found.min_occurs, found.max_occurs) == (1, 3)


def test_quantities_with_units_to_choose_from_and_limits():
    quantity = {"value": 300, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg"}
    found = read(
        item("q", "quantity", extension=[
            extension("questionnaire-unitOption", valueCoding={"code": "kg"}),
            extension("questionnaire-unitOption", valueCoding={"code": "[lb_av]"}),
            extension(SDC + "maxQuantity", valueQuantity=quantity),
        ])
    )  # fmt: skip

    assert [unit.code for unit in found.unit_options] == ["kg", "[lb_av]"]
    assert found.maximum == Quantity(Decimal(300), "kg", "kg", "http://unitsofmeasure.org")


def test_today_is_a_limit():
    today = {
        "extension": [
            extension(
                "cqf-calculatedValue",
                valueExpression={"language": "text/fhirpath", "expression": "today()"},
            )
        ]
    }

    found = read(item("q", "date", extension=[extension("maxValue", _valueDate=today)]))

    assert found.maximum == Today()


def test_whatever_stands_in_a_hidden_group_is_hidden():
    hidden = extension("questionnaire-hidden", valueBoolean=True)
    inner = item("deep", "group", item=[item("deeper")])
    found = read(item("g", "group", item=[inner], extension=[hidden]))

    assert [one.hidden for one in found.walk()] == [True, True, True]


@pytest.mark.parametrize("one", list(Control), ids=str)
def test_every_control_that_changes_how_an_item_looks(one):
    words = one in (Control.HELP, Control.LOWER, Control.UPPER)
    slider = item("q", "integer", extension=[control("slider")])
    child = item("child", "display", extension=[control(one.value)])
    if words:
        assert read({**slider, "item": [child]}).items[0].control is one
    else:
        assert read(choice(extension=[control(one.value)])).control is one


def test_help_outside_of_any_item_is_shown_as_words():
    assert read(item("h", "display", extension=[control("help")])).control is None


def test_the_end_of_a_scale_without_a_scale_is_shown_as_words():
    child = item("child", "display", extension=[control("lower")])

    assert read(item("q", "integer", item=[child])).items[0].control is None


@pytest.mark.parametrize("code", ["gtable", "page", "header", "footer", "inline", "unit"])
def test_a_control_that_loses_nothing_is_left_out(code):
    raw = item("g", "group", item=[item("inner")], extension=[control(code)])

    assert read(raw).control is None


def test_first_answers_of_every_kind():
    raw = [
        (item("b", "boolean", initial=[{"valueBoolean": False}]), False),
        (item("d", "date", initial=[{"valueDate": "2024"}]), PartialDate(2024)),
        (item("n", "decimal", initial=[{"valueDecimal": 1.5}]), Decimal("1.5")),
        (item("u", "url", initial=[{"valueUri": "urn:x"}]), "urn:x"),
        (choice("c", initial=[{"valueCoding": {"code": "yes"}}]), Coding("yes")),
    ]

    for one, expected in raw:
        assert read(one).initial == (expected,)


# Value sets ----------------------------------------------------------------------


def contained(**resource: Any) -> list[dict]:
    return [{"id": "set", **resource}]


def test_options_from_a_contained_value_set():
    concepts = [
        {"code": "a", "display": "A", "designation": [{"language": "es", "value": "Á"}]},
        {"code": "b", "extension": [extension("ordinalValue", valueDecimal=1)]},
        {"code": "c"},
    ]
    compose = {
        "include": [{"system": "s:1", "concept": concepts}],
        "exclude": [{"system": "s:1", "concept": [{"code": "c"}]}],
    }
    found = read(
        item("q", "choice", answerValueSet="#set"),
        contained=contained(resourceType="ValueSet", compose=compose),
    ).options

    assert [option.value for option in found] == [Coding("a", "s:1", "A"), Coding("b", "s:1")]
    assert [option.text.words for option in found] == ["A", "b"]
    assert found[0].text.within("es") == "Á"
    assert found[1].score == 1


def test_options_from_an_expansion_leave_out_what_cannot_be_chosen():
    contains = [
        {"system": "s:1", "abstract": True, "code": "top", "contains": [{"code": "under"}]},
        {"system": "s:1", "code": "old", "inactive": True},
        {"system": "s:2", "code": "b"},
    ]
    found = read(
        item("q", "choice", answerValueSet="#set"),
        contained=contained(resourceType="ValueSet", expansion={"contains": contains}),
    ).options

    assert [option.value for option in found] == [Coding("under", "s:1"), Coding("b", "s:2")]


def test_options_from_a_contained_code_system():
    code_system = {
        "resourceType": "CodeSystem",
        "id": "codes",
        "url": "s:1",
        "concept": [{"code": "a", "concept": [{"code": "a1"}]}],
    }
    value_set = {
        "id": "set",
        "resourceType": "ValueSet",
        "compose": {"include": [{"system": "s:1"}]},
    }
    found = read(
        item("q", "choice", answerValueSet="#set"), contained=[value_set, code_system]
    ).options

    assert [option.code for option in found] == ["a", "a1"]


@pytest.mark.parametrize(
    ("value_set", "include", "complaint"),
    [
        ("http://x.example/vs", {}, "outside of the form"),
        ("#other", {}, "contains no value set #other"),
        ("#set", {"system": "s:1"}, "all codes of s:1"),
        ("#set", {"system": "s:1", "filter": [{}]}, "filters"),
        ("#set", {"valueSet": ["http://x.example/vs"]}, "other value sets"),
        ("#set", {"system": "s:1", "concept": []}, "lists no codes"),
    ],
)
def test_a_value_set_that_we_cannot_open_is_named(value_set, include, complaint):
    resource = contained(resourceType="ValueSet", compose={"include": [include]})

    found = problems(item("q", "choice", answerValueSet=value_set), contained=resource)

    assert complaint in found[0]
    assert found[0].startswith("q: ")
