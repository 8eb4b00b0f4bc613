"""Reading the files and the days that commands are given."""

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from clinic.errors import BadInput
from clinic.fhir.response import response_from_json
from clinic.fhir.text import loads
from clinic.library.places import content_dir
from clinic.library.questionnaires import Questionnaires
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Response
from clinic.questionnaire.speaking import asked_in


def read_json(path: Path) -> Any:
    """Read a JSON file. Raises BadInput that names the mend."""
    try:
        return loads(path.read_bytes())
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise BadInput(f"{path} is not JSON: {error}.") from None


def read_response(path: Path, questionnaire_id: str = "") -> tuple[Questionnaire, Response]:
    """Read a QuestionnaireResponse, and the shipped questionnaire as its language asks it."""
    resource = read_json(path)
    questionnaires = Questionnaires(content_dir())
    questionnaire = _answered(questionnaires, resource, questionnaire_id)
    response = response_from_json(questionnaire, resource)
    return asked_in(questionnaire, response.language, response.answers), response


def _answered(
    questionnaires: Questionnaires, resource: Any, questionnaire_id: str
) -> Questionnaire:
    named = resource.get("questionnaire") if isinstance(resource, dict) else None
    if isinstance(named, str) and not questionnaire_id:
        url, _, version = named.partition("|")
        for questionnaire in questionnaires:
            if questionnaire.url == url and version in ("", questionnaire.version):
                return questionnaire
        raise BadInput(f"No questionnaire of content/ has the address {named}.")
    return questionnaires.get(questionnaire_id or "low-back-intake")


def day(text: str) -> date:
    """Read a day from the command line. Raises ArgumentTypeError with the right form."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no day: write year, month and day as 2026-11-23"
        ) from None
