"""An intake as the FHIR QuestionnaireResponse that leaves the house: with who gave each answer."""

from typing import Any

from clinic.fhir.response import response_to_json
from clinic.intake import Intake


def intake_to_json(intake: Intake) -> dict[str, Any]:
    """Give what an intake says, without the answers to switched-off questions."""
    return response_to_json(
        intake.questionnaire,
        intake.shown,
        status="completed" if intake.submitted else "in-progress",
        reference=intake.reference,
        givers=intake.givers,
    )
