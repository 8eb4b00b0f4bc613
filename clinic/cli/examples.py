"""Answers that fire a rule, as a QuestionnaireResponse."""

from typing import Any

from clinic.errors import BadInput
from clinic.fhir.response import response_to_json
from clinic.library.places import content_dir
from clinic.library.questionnaires import Questionnaires
from clinic.library.rule_examples import read_rule_examples
from clinic.questionnaire.response import enabled_response

SHIPPED = "low-back-intake"


def example_of(rule_id: str) -> dict[str, Any]:
    """Give a response that fires a rule. Raises BadInput that names the ids there are."""
    questionnaire = Questionnaires(content_dir()).current(SHIPPED)
    examples = read_rule_examples(content_dir(), questionnaire)
    if rule_id not in examples.answers:
        known = ", ".join(examples.answers)
        raise BadInput(f"There is no example of a rule {rule_id!r}. There is one of: {known}.")
    given = enabled_response(questionnaire, examples.response(rule_id))
    return response_to_json(questionnaire, given, status="completed")
