"""One tiny questionnaire for each feature of the engine: each reads whole and keeps any answers."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from clinic.fhir.questionnaire import questionnaire_from_json
from clinic.fhir.response import response_from_json, response_to_json
from clinic.fhir.text import dumps, loads
from clinic.library.questionnaires import read_questionnaire
from clinic.questionnaire.checks import response_problems
from clinic.questionnaire.model import RESERVED_STEP_IDS, Questionnaire
from clinic.questionnaire.response import Response, enabled_response
from tests.make import TODAY, shipped_questionnaire
from tests.strategies import answers_for

CASES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
FORMS = {path.stem: read_questionnaire(path) for path in CASES}

every_case = pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
every_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())


def link_ids_in(holder: dict) -> list[str]:
    """The link ids of a file, read without the engine."""
    found = []
    for item in holder.get("item", []):
        found += [item["linkId"], *link_ids_in(item)]
    return found


@every_case
def test_a_case_keeps_every_item_in_its_order(path: Path) -> None:
    plain = YAML(typ="safe").load(path.read_text(encoding="utf-8"))

    assert [item.link_id for item in FORMS[path.stem].walk()] == link_ids_in(plain)


@every_form
def test_a_case_has_steps_of_their_own_safe_names_that_hold_every_item(
    form: Questionnaire,
) -> None:
    names = [step.id for step in form.steps]
    on_steps = [item.link_id for step in form.steps for item in step.walk()]
    frames = [step.group.link_id for step in form.steps if step.group]

    assert len(set(names)) == len(names)
    assert not RESERVED_STEP_IDS & set(names)
    assert all(name.isascii() and name.replace("-", "").isalnum() for name in names)
    assert Counter(on_steps + frames) == Counter(item.link_id for item in form.walk())


@every_form
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_valid_answers_to_a_case_come_back_equal_from_fhir(
    form: Questionnaire, data: st.DataObject
) -> None:
    response = Response().with_answers(data.draw(answers_for(form)))

    text = dumps(response_to_json(form, response, status="in-progress"))

    assert response_from_json(form, loads(text)) == response


@every_form
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_answers_left_out_once_are_left_out_for_good(
    form: Questionnaire, data: st.DataObject
) -> None:
    shown = enabled_response(form, Response().with_answers(data.draw(answers_for(form))))

    assert enabled_response(form, shown) == shown


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_valid_answers_to_the_shipped_intake_come_back_equal_from_fhir(
    data: st.DataObject,
) -> None:
    form = shipped_questionnaire()
    response = Response(language="es").with_answers(data.draw(answers_for(form)))

    text = dumps(response_to_json(form, response, status="completed", reference="TEST-0001"))

    assert response_from_json(form, loads(text)) == response


@every_form
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_valid_answers_leave_only_questions_that_were_left_out_to_mend(
    form: Questionnaire, data: st.DataObject
) -> None:
    answers = data.draw(answers_for(form, shown_only=True))

    problems = response_problems(form, answers, today=TODAY)

    assert not [problem for problem in problems if problem.key in answers]


@every_case
def test_a_case_reads_the_same_from_yaml_and_from_json(path: Path) -> None:
    plain = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))

    assert questionnaire_from_json(plain).items == FORMS[path.stem].items
