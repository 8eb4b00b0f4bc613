"""The consent to share: staff record what the patient agreed to, and when it is taken back."""

from datetime import datetime
from uuid import UUID

from clinic.errors import IllegalMove
from clinic.store import audit, intakes, sharing
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.staff import Member


def agree(
    database: Database, intake_id: UUID, *, scope: str, how: str, by: Member, now: datetime
) -> None:
    """Record that the patient agrees; what stands in the same words is not recorded again.

    Raises UnknownRecord, IllegalMove for unsent answers.
    """
    with database.writing() as tx:
        if intakes.facts(tx, intake_id, lock=True).patient_id is None:
            raise IllegalMove("A referral is made from answers that were sent.")
        stand = [each for each in sharing.all_of(tx, intake_id) if each.withdrawn_at is None]
        if any((each.scope, each.how) == (scope, how) for each in stand):
            return
        sharing.add(tx, intake_id, scope=scope, how=how, by=by.id, now=now)
        _record(tx, by, "sharing.agree", intake_id, now)


def withdraw(database: Database, intake_id: UUID, *, by: Member, now: datetime) -> None:
    """Note that the patient took it back. Raises IllegalMove when nothing stood."""
    with database.writing() as tx:
        if not sharing.withdraw(tx, intake_id, now=now):
            raise IllegalMove("No consent stands that could be taken back.")
        _record(tx, by, "sharing.withdraw", intake_id, now)


def _record(tx: Transaction, by: Member, action: str, intake_id: UUID, now: datetime) -> None:
    actor = Actor("staff", by.id)
    audit.record(tx, actor=actor, action=action, subject=("intake", intake_id), now=now)
