"""Proof that what is kept is whole: file, seals, references, audit and counts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Table, func, select, text

from clinic.errors import ClinicError
from clinic.store import audit_chain, invitations, patients, totp
from clinic.store.columns import metadata
from clinic.store.database import Database, Transaction
from clinic.store.factor_tables import staff_totp
from clinic.store.opening import data_key_of
from clinic.store.referral_tables import (
    amendment,
    attachment,
    case_access,
    emergency_step,
    invitation,
    referral,
    referral_door,
    referral_event,
    sharing_consent,
)
from clinic.store.retention_tables import legal_hold, tombstone
from clinic.store.sealing import Cell, unseal
from clinic.store.tables import (
    assessment,
    document,
    intake,
    note,
    outbox,
    outcome,
    patient,
    session,
    set_level,
    staff_fact,
    typed_total,
)

SAMPLES = 50
LARGER = 10
"""An attached file may be so much larger than other rows that fewer of them are opened."""
SEALED = {
    intake: ("sealed_response", "sealed_journal", "sealed_card"),
    assessment: ("sealed_assessment",),
    note: ("sealed_text",),
    outcome: ("sealed_note",),
    set_level: ("sealed_reason",),
    typed_total: ("sealed_total",),
    staff_fact: ("sealed_fact",),
    document: ("sealed_pdf",),
    sharing_consent: ("sealed_consent",),
    referral: ("sealed_letter",),
    emergency_step: ("sealed_words",),
    amendment: ("sealed_text",),
    case_access: ("sealed_reason",),
    legal_hold: ("sealed_reason", "sealed_lift_reason"),
}
"""What the data key of an intake opens."""
OF_A_REFERRAL = {
    referral_event: ("sealed_words",),
    referral_door: ("sealed_door",),
    attachment: ("sealed_name", "sealed_content"),
}
"""What the data key of a referral's intake opens."""
OF_THE_ROOT = {
    session: ("sealed_data", "sessions"),
    outbox: ("sealed_payload", "outbox"),
    staff_totp: ("sealed_secret", totp.PURPOSE),
}
"""What belongs to no single record: the column, and the purpose of the root key that opens it."""
OWN_KEY: dict[Table, Callable[[Transaction, UUID], object]] = {
    patient: patients.get,
    invitation: invitations.get,
}
"""What has a data key of its own, and how it is opened."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, how many rows there are, and what is wrong."""

    lines: tuple[str, ...]
    counts: dict[str, int]
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return not self.faults


def verify(
    database: Database,
    anchor: Path,
    *,
    samples: int = SAMPLES,
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """Look the database over, and open `samples` rows of each sealed table, new ones and old.

    `progress` is told each step before it is taken.
    """
    with database.reading() as tx:
        return verified(tx, anchor, samples=samples, progress=progress)


def verified(
    tx: Transaction,
    anchor: Path,
    *,
    samples: int = SAMPLES,
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """Look over what one transaction sees, as `verify` does."""
    faults: list[str] = []
    lines: list[str] = []
    for name, check in (
        ("Integrity of the database", _integrity),
        ("Opening of sealed samples", lambda tx: _samples(tx, samples)),
        ("Chain of the audit", lambda tx: audit_chain.verify_chain(tx, anchor)),
        ("What was deleted", _deleted),
    ):
        progress(name)
        found = check(tx)
        faults.extend(found)
        lines.append(f"{name}: {'good' if not found else f'{len(found)} faults'}")
    counts = {
        table.name: int(tx.scalar(select(func.count()).select_from(table)))
        for table in metadata.sorted_tables
    }
    return Report(tuple(lines), counts, tuple(faults))


def _integrity(tx: Transaction) -> list[str]:
    """Let SQLite look at every page and reference; PostgreSQL checks both as it goes."""
    if not tx.is_sqlite:
        return []
    faults = []
    for pragma in ("cipher_integrity_check", "integrity_check"):
        found = [str(line) for line in tx.execute(text(f"PRAGMA {pragma}")).scalars()]
        faults += [f"{pragma}: {line}" for line in found if line != "ok"]
    for broken in tx.execute(text("PRAGMA foreign_key_check")).mappings():
        faults.append(f"A row of {broken['table']} names a missing row of {broken['parent']}.")
    return faults


def _deleted(tx: Transaction) -> list[str]:
    """See that no row is there that has a tombstone."""
    return [
        f"{table.name} {row_id} is there, though it was deleted."
        for table in (intake, patient, invitation)
        for row_id in tx.execute(
            select(table.c.id).join(tombstone, tombstone.c.id == table.c.id)
        ).scalars()
    ]


def _samples(tx: Transaction, samples: int) -> list[str]:
    faults = []
    for table, columns in (*SEALED.items(), *OF_A_REFERRAL.items()):
        most = samples // LARGER if table is attachment else samples
        for row in _some(tx, table, most):
            faults += _fault_of(table.name, row.id, partial(_open, tx, table, columns, row))
    for own_key, get in OWN_KEY.items():
        for row in _some(tx, own_key, samples):
            faults += _fault_of(own_key.name, row.id, partial(get, tx, row.id))
    for table, (column, purpose) in OF_THE_ROOT.items():
        key = tx.vault.key(purpose)
        for row in _some(tx, table, samples):
            cell = Cell(table.name, column, _name(row[0]))
            opening = partial(unseal, key, getattr(row, column), cell)
            faults += _fault_of(table.name, _name(row[0]), opening)
    return faults


def _name(row_id: UUID | bytes) -> str:
    """The name of a row: a session is known by the hash of its token."""
    return row_id.hex() if isinstance(row_id, bytes) else str(row_id)


def _some(tx: Transaction, table: Table, samples: int) -> list[Row[Any]]:
    """The newest and the oldest rows, half of each."""
    half, row_id = max(1, samples // 2), next(iter(table.primary_key))
    newest = tx.execute(select(table).order_by(row_id.desc()).limit(half)).all()
    oldest = tx.execute(select(table).order_by(row_id).limit(half)).all()
    return list({row[0]: row for row in (*newest, *oldest)}.values())


def _open(tx: Transaction, table: Table, columns: tuple[str, ...], row: Row[Any]) -> None:
    key = data_key_of(tx, _intake_of(tx, table, row))
    for column in columns:
        sealed = getattr(row, column)
        if sealed is not None:
            unseal(key, sealed, Cell(table.name, column, row.id))


def _intake_of(tx: Transaction, table: Table, row: Row[Any]) -> UUID:
    if table in OF_A_REFERRAL:
        found: UUID = tx.scalar(
            select(referral.c.intake_id).where(referral.c.id == row.referral_id)
        )
        return found
    return UUID(str(row.id if table is intake else row.intake_id))


def _fault_of(table: str, row_id: UUID | str, opening: Callable[[], object]) -> list[str]:
    try:
        opening()
    except ClinicError as fault:
        return [f"{table} {row_id}: {fault}"]
    return []
