"""Which pages lead to the emergency page again, and which an old emergency leaves in peace."""

from dataclasses import replace
from uuid import UUID

from clinic.intake import Intake
from clinic.triage.assess import assess_intake
from clinic.triage.interrupting import emergencies_of_page
from tests.make import NOW, make_response
from tests.triage.test_patients import INTAKE, RULES, TODAY, answered, plain


def page_of(step_id: str) -> frozenset[str]:
    step = next(step for step in INTAKE.steps if step.id == step_id)
    return frozenset(item.link_id for item in step.walk())


def intake_with(**changes: object) -> Intake:
    response = answered(plain(**changes))
    new = Intake(id=UUID(int=1), reference="A", questionnaire=INTAKE, created_at=NOW)
    return replace(new, response=response, offered=frozenset(INTAKE.by_link_id))


def found(step_id: str, intake: Intake) -> frozenset[str]:
    assessment = assess_intake(RULES, intake, TODAY)
    return emergencies_of_page(RULES, intake, assessment, page_of(step_id), TODAY)


def test_an_emergency_speaks_of_the_page_with_its_answer_alone() -> None:
    intake = intake_with(leg_cold="yes")

    speaking = [step.id for step in INTAKE.steps if found(step.id, intake)]

    assert speaking == ["vessels"]


def test_one_that_needs_two_pages_speaks_of_both() -> None:
    intake = intake_with(fever="yes", fever_number="high", spine_device=["rods"])

    assert "INF-1" in found("illness", intake)
    assert "INF-1" in found("health", intake)
    assert not found("vessels", intake)


def test_one_that_stands_twice_speaks_of_each_page() -> None:
    intake = intake_with(walk_now="no-legs", legs_weak="yes", weak_kind=["cant-rise"])

    assert "MOT-1" in found("right-now", intake)
    assert "MOT-1" in found("strength", intake)


def test_one_that_is_only_held_speaks_of_no_page() -> None:
    intake = intake_with().alarmed(["VA-7"], NOW)

    assert not any(found(step.id, intake) for step in INTAKE.steps)


def test_a_blank_second_look_speaks_of_its_page() -> None:
    intake = intake_with(chest_now="yes")

    assert "CH-1" in found("right-now", intake)
    assert not found("pain", intake)


def test_nothing_answered_speaks_of_no_page() -> None:
    intake = replace(intake_with(), response=make_response({}))

    assert not found("right-now", intake)
