"""An assessment as JSON, for `clinic assess` and for scripts."""

from typing import Any

from clinic.fhir.guidance import guidance_to_json
from clinic.fhir.values import write_value
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Answer
from clinic.questionnaire.values import Coding
from clinic.triage.assess import Assessment, Finding
from clinic.triage.guidance import Guidance


def assessment_to_json(
    questionnaire: Questionnaire, assessment: Assessment, guidance: Guidance
) -> dict[str, Any]:
    """Give urgency, incomplete, flags, findings, scores and stretches, with the rules' identity."""
    return {
        "urgency": assessment.urgency,
        "incomplete": assessment.incomplete,
        "unanswered": list(assessment.unanswered),
        "flags": {flag: str(state) for flag, state in assessment.flags.items()},
        "findings": [_finding(questionnaire, finding) for finding in assessment.findings],
        **guidance_to_json(guidance),
        "rules": {"version": assessment.rules_version, "hash": assessment.rules_hash},
    }


def _finding(questionnaire: Questionnaire, finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule_id,
        "urgency": finding.urgency,
        "flags": list(finding.flags),
        "staff": finding.staff,
        "source": list(finding.source),
        "answers": {
            link_id: _plain(questionnaire, link_id, answer) for link_id, answer in finding.answers
        },
    }


def _plain(questionnaire: Questionnaire, link_id: str, answer: Answer) -> list[Any]:
    item_type = questionnaire.by_link_id[link_id].type
    return [
        value.code if isinstance(value, Coding) else write_value(value, item_type)[1]
        for value in answer
    ]
