"""Which emergencies speak of the page that was just left, so that it leads to help again."""

from collections.abc import Collection
from datetime import date

from clinic.intake import AGE_YEARS, BIRTH_DATE, Intake
from clinic.questionnaire.response import Response
from clinic.triage.assess import Assessment, assess
from clinic.triage.rules import RuleSet


def emergencies_of_page(
    rules: RuleSet, intake: Intake, assessment: Assessment, page: Collection[str], today: date
) -> frozenset[str]:
    """Give the ids of the emergency rules that are true now and rest on a page.

    `assessment` is that of the intake; `page` holds the keys of the questions that it showed.
    A rule rests on the page when it would not be certain without it, or when the page (and
    the age) makes it certain alone. One that is only held does not count.
    """
    true = frozenset(found.rule_id for found in assessment.emergencies if not found.held)
    if not true:
        return true
    shown = frozenset(page)
    others = frozenset(intake.response.answers) - shown
    needed = true - _certain(rules, intake, shown, intake.offered - shown, today)
    enough = true & _certain(rules, intake, others - {BIRTH_DATE, AGE_YEARS}, shown, today)
    return needed | enough


def _certain(
    rules: RuleSet, intake: Intake, left_out: frozenset[str], offered: frozenset[str], today: date
) -> frozenset[str]:
    """The emergencies that are true without some answers, when only some pages were left."""
    if BIRTH_DATE in left_out:
        left_out |= {AGE_YEARS}
    response: Response = intake.response.with_answers(dict.fromkeys(left_out))
    found = assess(rules, intake.questionnaire, response, today=today, offered=offered)
    return frozenset(finding.rule_id for finding in found.emergencies)
