"""A file of FHIR or of providers in which anything was changed is read and judged, or told of."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.actions.provider_csv import read_sheet, write_sheet
from clinic.errors import ClinicError
from clinic.fhir.assessment import assessment_to_json
from clinic.fhir.questionnaire import read_questionnaire
from clinic.fhir.response import response_from_json
from clinic.fhir.text import dumps, loads
from clinic.library.demo_providers import read_demo_providers
from clinic.library.places import content_dir
from clinic.questionnaire.speaking import asked_in
from clinic.triage.assess import assess
from clinic.triage.guidance import guidance
from tests.fuzzing import at_length, spoilt, spoilt_line
from tests.make import shipped_questionnaire
from tests.prepared import shipped_shelf

pytestmark = pytest.mark.proof

DAY = date(2026, 3, 17)
RESPONSES = [
    (content_dir() / "examples" / f"{name}.json").read_bytes()
    for name in ("plain-back-pain", "emergency")
]


def said_nothing(read: Callable[[], object]) -> bool:
    """True when something was refused without a word. Any other error comes through."""
    try:
        read()
    except (ClinicError, ValueError) as fault:
        return not str(fault)
    return False


@settings(parent=at_length)
@given(data=st.data(), whole=st.sampled_from(RESPONSES))
def test_a_spoilt_response_is_assessed_or_told_of(data, whole):
    """As `clinic assess` does, with the questionnaire at hand."""
    text = data.draw(spoilt(whole) | spoilt_line(whole))
    book = shipped_shelf().book

    def read() -> None:
        response = response_from_json(shipped_questionnaire(), loads(text))
        form = asked_in(shipped_questionnaire(), response.language, response.answers)
        assessment = assess(book.red_flags, form, response, today=DAY)
        guided = guidance(book, form, response, assessment, today=DAY)
        assert dumps(assessment_to_json(form, assessment, guided))

    assert not said_nothing(read)


@settings(parent=at_length)
@given(text=st.sampled_from(RESPONSES).flatmap(spoilt))
def test_a_response_that_is_read_as_a_form_is_told_of(text):
    def read() -> None:
        form, complaints = read_questionnaire(loads(text))
        assert (form is None) == bool(complaints)

    assert not said_nothing(read)


@settings(parent=at_length)
@given(data=st.data())
def test_a_spoilt_file_of_providers_is_read_or_told_of_line_by_line(data):
    services = frozenset(each.id for each in shipped_shelf().destinations.services)
    whole = write_sheet(read_demo_providers(content_dir(), services, DAY)).encode()
    text = data.draw(spoilt(whole) | spoilt_line(whole))

    def read() -> None:
        sheet = read_sheet(text)
        assert sheet.lines or sheet.faults

    assert not said_nothing(read)
