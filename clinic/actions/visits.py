"""The day of a visit, as staff note it on the row of an intake once it is booked."""

from dataclasses import replace
from datetime import date, datetime, time
from uuid import UUID

from clinic.errors import IllegalMove, UnknownRecord
from clinic.intake import IntakeState
from clinic.store import audit, intakes
from clinic.store.audit import Actor
from clinic.store.database import Database
from clinic.store.staff import Member
from clinic.summary.words import clock, long_date


def note_visit(
    database: Database,
    intake_id: UUID,
    visit_on: date,
    visit_at: time | None = None,
    *,
    by: Member,
    version: int,
    now: datetime,
) -> None:
    """Put a booked visit on the row. Raises Conflict, UnknownRecord, IllegalMove for a draft."""
    words = long_date(visit_on, "en")
    if visit_at is not None:
        words = f"{words}, {clock(visit_at)}"
    _keep(database, intake_id, visit_on, words, "intake.note_visit", by, version, now)


def remove_visit(
    database: Database, intake_id: UUID, *, by: Member, version: int, now: datetime
) -> None:
    """Take a visit off the row that is not to be. Raises Conflict, UnknownRecord, IllegalMove."""
    _keep(database, intake_id, None, "", "intake.remove_visit", by, version, now)


def _keep(
    database: Database,
    intake_id: UUID,
    visit_on: date | None,
    words: str,
    action: str,
    by: Member,
    version: int,
    now: datetime,
) -> None:
    with database.writing() as tx:
        card = intakes.card(tx, intake_id)
        if card is None:
            raise UnknownRecord("intake")
        if intakes.facts(tx, intake_id).state is IntakeState.DRAFT:
            raise IllegalMove("A visit is noted once the answers were sent.")
        noted = replace(card, appointment=words, visit_on=visit_on)
        intakes.keep_card(tx, intake_id, noted, version=version, now=now)
        audit.record(
            tx,
            actor=Actor("staff", by.id),
            action=action,
            subject=("intake", intake_id),
            now=now,
        )
