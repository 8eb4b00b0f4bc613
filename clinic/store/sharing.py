"""A patient's consent to share: recorded before a referral leaves, and never wiped.

Each is for one destination, which is a service of content/rules/destinations.yaml.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from clinic.fhir.text import dumps, loads
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.opening import data_key_of
from clinic.store.referral_tables import sharing_consent as table
from clinic.store.sealing import Cell, seal, unseal


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingConsent:
    """What the patient agreed to share with which service, how it was said, who recorded it.

    One without a service was recorded before each named its own, and covers none.
    """

    id: UUID
    intake_id: UUID
    service: str
    scope: str
    how: str
    by: UUID
    at: datetime
    withdrawn_at: datetime | None = None


def add(
    tx: Transaction,
    intake_id: UUID,
    *,
    service: str,
    scope: str,
    how: str,
    by: UUID,
    now: datetime,
) -> UUID:
    """Record a consent. Raises UnknownRecord."""
    row_id = new_id()
    words = dumps({"service": service, "scope": scope, "how": how}).encode()
    tx.execute(
        table.insert().values(
            id=row_id,
            intake_id=intake_id,
            recorded_by=by,
            recorded_at=now,
            sealed_consent=seal(data_key_of(tx, intake_id), words, _cell(row_id)),
        )
    )
    return row_id


def withdraw(tx: Transaction, intake_id: UUID, service: str, *, now: datetime) -> int:
    """Note that the patient took back every consent for a service; give how many stood."""
    ids = [each.id for each in _standing(tx, intake_id, service)]
    changed = tx.execute(
        update(table)
        .where(table.c.id.in_(ids), table.c.withdrawn_at.is_(None))
        .values(withdrawn_at=now)
    )
    return int(changed.rowcount)


def all_of(tx: Transaction, intake_id: UUID) -> list[SharingConsent]:
    """Give every consent on an intake, oldest first. Raises UnknownRecord."""
    key = data_key_of(tx, intake_id)
    found = []
    for row in tx.execute(select(table).where(table.c.intake_id == intake_id).order_by(table.c.id)):
        words = loads(unseal(key, row.sealed_consent, _cell(row.id)))
        found.append(
            SharingConsent(
                id=row.id,
                intake_id=row.intake_id,
                service=words.get("service", ""),
                scope=words["scope"],
                how=words["how"],
                by=row.recorded_by,
                at=row.recorded_at,
                withdrawn_at=row.withdrawn_at,
            )
        )
    return found


def stands(tx: Transaction, intake_id: UUID, service: str) -> bool:
    """True when some consent on an intake for a service was not taken back."""
    return bool(_standing(tx, intake_id, service))


def _standing(tx: Transaction, intake_id: UUID, service: str) -> list[SharingConsent]:
    return [
        each
        for each in all_of(tx, intake_id)
        if each.service == service and each.withdrawn_at is None
    ]


def _cell(row_id: UUID) -> Cell:
    return Cell("sharing_consent", "sealed_consent", row_id)
