"""The consent to share with one service: staff record it, and when it is taken back."""

from datetime import datetime
from uuid import UUID

from clinic.errors import IllegalMove
from clinic.store import audit, doors, intakes, referrals, sharing
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.staff import Member


def agree(
    database: Database,
    intake_id: UUID,
    *,
    service: str,
    scope: str,
    how: str,
    by: Member,
    now: datetime,
) -> None:
    """Record that the patient agrees; what stands in the same words is not recorded again.

    Where a consent was taken back before each named its service, the doors of that time stand
    still: this consent opens none of them. Raises UnknownRecord, IllegalMove for unsent answers.
    """
    with database.writing() as tx:
        if intakes.facts(tx, intake_id, lock=True).patient_id is None:
            raise IllegalMove("A referral is made from answers that were sent.")
        kept = sharing.all_of(tx, intake_id)
        stand = [each for each in kept if each.withdrawn_at is None]
        if any((each.service, each.scope, each.how) == (service, scope, how) for each in stand):
            return
        taken_back = any(each.withdrawn_at and each.service in ("", service) for each in kept)
        if taken_back and all(each.service != service for each in stand):
            _shut_doors(tx, intake_id, service, now)
        sharing.add(tx, intake_id, service=service, scope=scope, how=how, by=by.id, now=now)
        _record(tx, by, "sharing.agree", intake_id, now)


def withdraw(
    database: Database, intake_id: UUID, *, service: str, by: Member, now: datetime
) -> None:
    """Note that the patient took it back. Raises IllegalMove when nothing stood.

    The links and codes of that service's letters are shut for good: a consent that is given
    again opens none of them.
    """
    with database.writing() as tx:
        intakes.facts(tx, intake_id, lock=True)
        if not sharing.withdraw(tx, intake_id, service, now=now):
            raise IllegalMove("No consent stands that could be taken back.")
        _shut_doors(tx, intake_id, service, now)
        _record(tx, by, "sharing.withdraw", intake_id, now)


def _shut_doors(tx: Transaction, intake_id: UUID, service: str, now: datetime) -> None:
    for each in referrals.of_intake(tx, intake_id):
        if each.referral.service == service:
            doors.revoke(tx, each.referral.id, now=now)


def _record(tx: Transaction, by: Member, action: str, intake_id: UUID, now: datetime) -> None:
    actor = Actor("staff", by.id)
    audit.record(tx, actor=actor, action=action, subject=("intake", intake_id), now=now)
