"""What the rules say of a kept intake, with what staff stated of it."""

from datetime import date

from clinic.intake import Intake
from clinic.store import assessments, staff_facts
from clinic.store.database import Transaction
from clinic.triage.assess import Assessment, assess_intake
from clinic.triage.rules import RuleSet


def assessed(tx: Transaction, rules: RuleSet, intake: Intake, today: date) -> Assessment:
    """Assess an intake with the answers of staff. Raises UnknownRecord.

    An emergency that an earlier assessment found stays, whatever was changed since.
    """
    earlier = (kept for _, kept in assessments.all_of(tx, intake.id))
    return assess_intake(
        rules,
        intake,
        today,
        held=[finding.rule_id for kept in earlier for finding in kept.emergencies],
        stated=staff_facts.standing(staff_facts.all_of(tx, intake.id)),
    )
