"""What the background work does with referrals: tell of late ones, and see links to their end.

Each is part of a transaction of the caller: whoever dies between two steps loses none, and
tells of none twice.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.actions import referrals as acts
from clinic.actions.referrals import Terms
from clinic.errors import Undeliverable, UnknownRecord
from clinic.mail.messages import REFERRALS_LATE
from clinic.referral.clocks import Escalation, Pace
from clinic.store import audit, doors, outbox, providers, referrals, sharing
from clinic.store.audit import SYSTEM
from clinic.store.database import Transaction
from clinic.store.doors import Door
from clinic.store.outbox import Message
from clinic.store.referrals import Kept
from clinic.triage.rules import Urgency

NO_ADDRESS = "The one who receives it has no mail address."
NOT_LISTED = "The one who receives it is no longer listed."
NO_CONSENT = "The patient took the consent to share back before the mail left."
GIVEN_UP = "The mail with the link was not taken by the mail server."


@dataclass(frozen=True, slots=True)
class WantedLink:
    """A link that has to be mailed: to whom, and which door it opens."""

    to: str
    door: Door


def escalate(tx: Transaction, now: datetime, escalation: Escalation, zone: ZoneInfo) -> int:
    """Write one message about the referrals that are too late, and give how many.

    Of each it is told once until it moves on.
    """
    late = [
        one
        for pace in Pace
        for one in referrals.to_escalate(tx, now, [u for u in Urgency if Pace.of(u) is pace])
        if escalation.is_due(pace, one.due_at, now, zone)
    ]
    if not late:
        return 0
    referrals.escalated(tx, [one.id for one in late], now)
    for one in late:
        audit.record(
            tx, actor=SYSTEM, action="referral.escalate", subject=("referral", one.id), now=now
        )
    outbox.enqueue(
        tx,
        kind=REFERRALS_LATE,
        payload={},
        now=now,
        once=f"{REFERRALS_LATE}:{late[0].id}:{late[0].due_at.isoformat()}",
    )
    return len(late)


def wanted_link(tx: Transaction, message: Message, now: datetime) -> WantedLink | None:
    """Give the link of a message, or None when nobody needs it any more.

    Raises Undeliverable when nobody is there to get it, or the patient no longer agrees.
    """
    kept = _sent_by(tx, message)
    if kept is None or not kept.referral.state.is_at_the_other_side:
        return None
    referral = kept.referral
    if not sharing.stands(tx, referral.intake_id, referral.service):
        raise Undeliverable(NO_CONSENT)
    door = doors.standing(tx, referral.id, referral.intake_id, now=now)
    if door is None:
        return None
    provider = providers.find(tx, referral.provider_id) if referral.provider_id else None
    if provider is None or provider.removed_at is not None:
        raise Undeliverable(NOT_LISTED)
    if not provider.email:
        raise Undeliverable(NO_ADDRESS)
    return WantedLink(provider.email, door)


def link_failed(tx: Transaction, message: Message, why: str, now: datetime, terms: Terms) -> None:
    """Put a referral on the list as failed when its link is given up."""
    kept = _sent_by(tx, message)
    if kept is not None:
        acts.fail(tx, kept.referral.id, why, now=now, terms=terms)


def _sent_by(tx: Transaction, message: Message) -> Kept | None:
    """Give the referral of a message, unless it was sent anew since, or is deleted."""
    try:
        kept = referrals.get(tx, UUID(message.payload["referral"]))
    except UnknownRecord:
        return None
    return kept if kept.sent_at == datetime.fromisoformat(message.payload["sent"]) else None
