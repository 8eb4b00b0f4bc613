"""The list of referrals that wait for somebody, the one due soonest first, and those of an intake.

Looking at the list is audited in the transaction that reads it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from clinic.errors import BadInput
from clinic.referral.provider import Provider
from clinic.referral.states import State
from clinic.store import audit, intakes, providers, referrals, sharing, staff
from clinic.store.audit import Actor
from clinic.store.database import Database
from clinic.store.intakes import Card
from clinic.store.referrals import Kept
from clinic.store.sharing import SharingConsent
from clinic.store.staff import Member

PAGE_ROWS = 50
MOST_PROVIDERS = 500


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which referrals are wanted: of some states, one service, one owner."""

    states: tuple[State, ...] = ()
    service: str = ""
    owner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One referral with the patient's card, and the name of who receives it."""

    kept: Kept
    card: Card | None
    receiver: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page of the list; `more` is the key of its end when others follow.

    `count` and `overdue` stop at referrals.COUNTED + 1.
    """

    rows: tuple[Row, ...]
    count: int
    overdue: int
    more: str
    people: Mapping[UUID, Member]


def open_list(
    database: Database,
    wanted: Narrowed,
    *,
    by: Member,
    after: str = "",
    now: datetime,
    limit: int = PAGE_ROWS,
) -> Waiting:
    """Read a page of the list. Raises BadInput for a strange `after`."""
    place = _place(after) if after else None
    with database.writing() as tx:
        found = referrals.waiting(
            tx,
            states=wanted.states,
            service=wanted.service,
            owner_id=wanted.owner_id,
            after=place,
            limit=limit + 1,
        )
        rows = []
        for kept in found[:limit]:
            one = kept.referral.provider_id
            receiver = providers.find(tx, one) if one else None
            card = intakes.card(tx, kept.referral.intake_id)
            rows.append(Row(kept, card, receiver.name if receiver else ""))
        actor, detail = Actor("staff", by.id), f"{len(rows)} rows"
        audit.record(tx, actor=actor, action="referrals.view", subject=None, now=now, detail=detail)
        return Waiting(
            tuple(rows),
            referrals.waiting_count(
                tx, states=wanted.states, service=wanted.service, owner_id=wanted.owner_id
            ),
            referrals.overdue_count(tx, now),
            _key(found[limit - 1]) if len(found) > limit else "",
            {member.id: member for member in staff.everyone(tx)},
        )


def of_intake(database: Database, intake_id: UUID) -> Collection[Kept]:
    """Give the referrals that were made from an intake, oldest first."""
    with database.reading() as tx:
        return referrals.of_intake(tx, intake_id)


def _key(kept: Kept) -> str:
    return f"{kept.due_at.isoformat() if kept.due_at else ''}_{kept.referral.id}"


def _place(after: str) -> tuple[datetime, UUID]:
    due, _, row_id = after.partition("_")
    try:
        return datetime.fromisoformat(due).astimezone(UTC), UUID(row_id)
    except ValueError:
        raise BadInput("This page of the list is not there. Go back to its start.") from None


def providers_of(database: Database, service: str) -> list[Provider]:
    """Give who is listed for a service, in the order of the alphabet."""
    with database.reading() as tx:
        return providers.search(tx, service=service, limit=MOST_PROVIDERS)


def consents_of(database: Database, intake_id: UUID) -> list[SharingConsent]:
    """Give the consents on an intake that stand."""
    with database.reading() as tx:
        found = sharing.all_of(tx, intake_id)
        return [consent for consent in found if consent.withdrawn_at is None]
