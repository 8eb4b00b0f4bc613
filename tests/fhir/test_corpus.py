"""Real forms and responses: each is read whole or refused with every reason named."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clinic.errors import UnreadableResponse
from clinic.fhir.extensions import HARMLESS, READ, SDC
from clinic.fhir.questionnaire import questionnaire_from_json, read_questionnaire
from clinic.fhir.response import response_from_json, response_to_json
from clinic.fhir.text import dumps, loads
from clinic.questionnaire.checks import response_problems
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import enabled_places, enabled_response
from tests.fhir.corpus import OPEN, files, name, needs_corpus, read

pytestmark = needs_corpus

FORMS = [path for path in files("questionnaires/*/*.json") if "near_valid" not in path.parts]
NEARLY_VALID = files("questionnaires/near_valid/*/*.json")
RESPONSES = files("responses/*/*.json")
READ_WHOLE_AT_LEAST = 56
"""Of the 153 valid forms, those that need nothing that we cannot do."""


def link_ids(holder: dict) -> list[str]:
    found = []
    for item in holder.get("item", []):
        found += [item.get("linkId"), *link_ids(item)]
    return found


@pytest.mark.parametrize("path", FORMS + NEARLY_VALID, ids=name)
def test_a_real_form_is_read_whole_or_refused_with_reasons(path: Path):
    resource = read(path)

    form, complaints = read_questionnaire(resource)

    if form is None:
        assert complaints
        assert all(complaint.message for complaint in complaints)
    else:
        assert [item.link_id for item in form.walk()] == link_ids(resource)
        assert list(enabled_places(form, {}))


def test_every_form_that_needs_only_what_we_can_do_is_read():
    whole = [path for path in FORMS if read_questionnaire(read(path))[0]]

    assert len(whole) >= READ_WHOLE_AT_LEAST


def test_a_form_is_never_refused_without_naming_something_that_stands_in_it():
    for path in FORMS:
        resource = read(path)
        text = path.read_text(encoding="utf-8")
        for complaint in read_questionnaire(resource)[1]:
            assert complaint.path
            assert not complaint.link_id or complaint.link_id in text


# Answers in, answers out ---------------------------------------------------------

ORACLE = OPEN / "oracle"
CASES = read(ORACLE / "index.json") if ORACLE.is_dir() else []
BY_EXPRESSION = (SDC + "enableWhenExpression",)


def without_unknown_extensions(node: Any) -> Any:
    """The form as far as we know its extensions: the rest says nothing about enableWhen."""
    if isinstance(node, list):
        return [without_unknown_extensions(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {key: without_unknown_extensions(value) for key, value in node.items()}
    if isinstance(kept.get("extension"), list):
        known = READ.keys() | HARMLESS.keys() | set(BY_EXPRESSION)
        kept["extension"] = [
            one for one in kept["extension"] if one.get("url") in known or "/" not in one["url"]
        ]
    return kept


def shown_form(case: dict) -> Questionnaire:
    """The form of a case; skipped when something else than enableWhen shows its items."""
    resource = without_unknown_extensions(read(OPEN / "questionnaires" / case["questionnaire"]))
    form, complaints = read_questionnaire(resource)
    if form is None:
        pytest.skip(f"not read: {complaints[0]}")
    return form


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["input"].removesuffix(".input.json"))
def test_the_same_answers_are_left_out_as_by_another_program(case: dict):
    form = shown_form(case)
    given = response_from_json(form, read(ORACLE / case["input"]))
    expected = response_from_json(form, read(ORACLE / case["expected"]))

    found = dict(enabled_response(form, given).answers)

    for link_id in case["calculated"]:
        found.pop(link_id, None)
    wanted = {key: kept for key, kept in expected.answers.items() if key not in case["calculated"]}
    assert found == wanted


@pytest.mark.parametrize("path", RESPONSES, ids=name)
def test_a_real_response_is_read_or_refused_against_every_form_it_may_belong_to(path: Path):
    stem = path.name.split(".qr")[0]
    resource = read(path)
    for form_path in files(f"questionnaires/**/{stem}.json"):
        form, _ = read_questionnaire(without_unknown_extensions(read(form_path)))
        if form is None:
            continue
        try:
            response = response_from_json(form, resource)
        except UnreadableResponse as refusal:
            assert all(str(problem) for problem in refusal.problems)  # noqa: PT017
        else:
            again = loads(dumps(response_to_json(form, response, status="completed")))
            assert response_from_json(form, again).answers == response.answers


# Answers that another validator has judged ---------------------------------------

JUDGED = OPEN / "qr_validation"
PAIRS = read(JUDGED / "index.json") if JUDGED.is_dir() else []
JUDGED_OTHERWISE = {
    "string-min-occurs-qr": "minOccurs counts only answers that are there, unless required",
    "quantity-min-max-incompat-units-qr": "units that cannot be compared are not held to a limit",
    "quantity-min-max-compat-units-qr": "no unit is turned into another",
}


def is_good(form: Questionnaire, resource: Any) -> bool:
    try:
        response = response_from_json(form, resource)
    except UnreadableResponse:
        return False
    return not response_problems(form, response.answers, today=date(2026, 3, 17))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["name"])
def test_answers_are_judged_as_by_another_validator(pair: dict):
    form, complaints = read_questionnaire(read(JUDGED / Path(pair["supporting"][0]).name))
    if form is None:
        pytest.skip(f"not read: {complaints[0]}")
    severities = {one["severity"] for one in pair.get("brianpos", [])}
    good = not severities & {"error", "fatal"}

    agrees = is_good(form, read(JUDGED / pair["file"])) is good

    assert agrees is (pair["name"] not in JUDGED_OTHERWISE)


def test_the_same_form_read_twice_is_the_same():
    resource = read(FORMS[0])

    assert questionnaire_from_json(resource) == questionnaire_from_json(resource)
