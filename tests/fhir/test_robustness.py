"""Whatever is sent as FHIR, the reader answers with a value or a complaint, never with a crash."""

import copy
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from clinic.errors import UnreadableResponse
from clinic.fhir.questionnaire import questionnaire_from_json, read_questionnaire
from clinic.fhir.response import response_from_json, response_to_json
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Response
from tests.strategies import answers_for

CASES = sorted((Path(__file__).parents[1] / "questionnaire" / "cases").glob("*.yaml"))
RESOURCES = [YAML(typ="safe").load(path.read_text(encoding="utf-8")) for path in CASES]

junk = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "x", "group", "q", "#a"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["linkId", "type", "item", "url", "coding", "code", "extension", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=5,
)


def places_in(node: Any, path: tuple = ()) -> list[tuple]:
    """The path of everything below a node."""
    inner = node.items() if isinstance(node, dict) else enumerate(node)
    found = []
    for key, value in inner:
        found.append((*path, key))
        if isinstance(value, dict | list):
            found += places_in(value, (*path, key))
    return found


def broken(data: st.DataObject, resource: dict) -> dict:
    """The resource with something else in one or two places."""
    changed = copy.deepcopy(resource)
    for _ in range(data.draw(st.integers(1, 2))):
        path = data.draw(st.sampled_from(places_in(changed)))
        node = changed
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = data.draw(junk)
    return changed


def read_or_refused(form: Questionnaire, resource: Any) -> Response | tuple[str, ...]:
    try:
        return response_from_json(form, resource)
    except UnreadableResponse as refusal:
        return refusal.problems


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_form_with_junk_in_it_is_read_or_complained_of(data):
    questionnaire, complaints = read_questionnaire(
        broken(data, data.draw(st.sampled_from(RESOURCES)))
    )

    assert (questionnaire is None) == bool(complaints)
    assert all(str(complaint) for complaint in complaints)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_response_with_junk_in_it_is_read_or_complained_of(data):
    form = questionnaire_from_json(data.draw(st.sampled_from(RESOURCES)))
    response = Response().with_answers(data.draw(answers_for(form)))
    resource = response_to_json(form, response, status="completed")

    assert isinstance(read_or_refused(form, broken(data, resource)), Response | tuple)
