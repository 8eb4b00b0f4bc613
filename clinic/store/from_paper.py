"""Which drafts staff type in from paper, and who began each. Nothing of what the paper says."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from clinic.intake import IntakeState
from clinic.store.database import Transaction
from clinic.store.tables import intake
from clinic.store.tables import staff as people


@dataclass(frozen=True, slots=True)
class TypedForm:
    """A paper form that is being typed in: its draft, and who of staff began it."""

    id: UUID
    reference: str
    began_at: datetime
    saved_at: datetime
    by_name: str


def note(tx: Transaction, intake_id: UUID, *, by: UUID, now: datetime) -> None:
    """Note that a draft is typed in from paper."""
    tx.execute(update(intake).where(intake.c.id == intake_id).values(paper_at=now, paper_by=by))


def unsent(tx: Transaction, *, limit: int = 500) -> list[TypedForm]:
    """Give the paper forms that were not sent yet, the one begun last first."""
    rows = tx.execute(
        select(
            intake.c.id, intake.c.reference, intake.c.paper_at, intake.c.updated_at, people.c.name
        )
        .join(people, people.c.id == intake.c.paper_by)
        .where(intake.c.paper_at.is_not(None), intake.c.state == IntakeState.DRAFT.value)
        .order_by(intake.c.paper_at.desc(), intake.c.id)
        .limit(limit)
    )
    return [
        TypedForm(row.id, row.reference, row.paper_at, row.updated_at, row.name) for row in rows
    ]


def number_unlisted(tx: Transaction, *, limit: int) -> int:
    """How many paper forms were begun, not sent, and stand on no worklist; up to a limit."""
    some = select(intake.c.id).where(
        intake.c.paper_at.is_not(None),
        intake.c.state == IntakeState.DRAFT.value,
        intake.c.queue.is_(None),
    )
    return int(tx.scalar(select(func.count()).select_from(some.limit(limit).subquery())))


def is_draft(tx: Transaction, intake_id: UUID) -> bool:
    """True of a draft that staff began from paper, and of nothing else."""
    found = select(intake.c.id).where(
        intake.c.id == intake_id,
        intake.c.paper_at.is_not(None),
        intake.c.state == IntakeState.DRAFT.value,
    )
    return tx.scalar(found) is not None


def typed_by(tx: Transaction, intake_id: UUID) -> str:
    """Give the name of who of staff began to type an intake in, or ""."""
    found = (
        select(people.c.name)
        .join(intake, intake.c.paper_by == people.c.id)
        .where(intake.c.id == intake_id)
    )
    return tx.scalar(found) or ""
