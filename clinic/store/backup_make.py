"""Making a backup: copied while people work, opened and checked, and only then named.

Everything is in the database, papers and attachments too, so that a backup is one encrypted file
with the head of the audit and a manifest beside it. The key file is never in it.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from clinic.errors import Damaged, Unavailable
from clinic.store import (
    audit,
    audit_chain,
    backup_folder,
    backup_postgres,
    backup_sqlite,
    key_claims,
    key_use,
    whole_files,
)
from clinic.store.audit_chain import Head
from clinic.store.backup_manifest import Kind, Manifest, part_of, write
from clinic.store.database import Database, Place, Transaction, database_as_it_is
from clinic.store.engines import copy_engine, file_key_of
from clinic.store.keys import Key
from clinic.store.schema import revision_of
from clinic.store.verify import Report, verified

SQLITE_FILE = "clinic.db"
MADE = "backup.make"

Tell = Callable[[str], None]
"""Is told each step in words before it is taken, and how far it is."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was seen in the copy itself, or in the snapshot that it was made of."""

    report: Report
    head: Head
    keys: tuple[str, ...]
    schema: str
    server: str = ""


def make_backup(
    database: Database, place: Place, folder: Path, *, now: datetime, program: str, tell: Tell
) -> Path:
    """Make a backup in a folder of backups and give where it is.

    Raises Damaged when the copy is not whole, Unavailable when there is no room, and Refused
    while another backup is made there; nothing is named then.
    """
    name = backup_folder.new_name(now)
    anchor = audit_chain.anchor_file(place)
    with suppress(Unavailable):  # what others keep from being sealed now is copied unsealed
        while audit_chain.seal(database, anchor):
            pass
    with backup_folder.place_for(folder, name) as making:
        kept_anchor = making / audit_chain.ANCHOR_NAME
        if anchor.exists():  # read before the copy: the audit in the copy is as long, or longer
            whole_files.write_whole(kept_anchor, anchor.read_bytes())
        key = database.keyring.current
        take = _copied if database.is_sqlite else _dumped
        checked = take(database, place, making, file_key(key, name), tell)
        audit_chain.write_anchor(kept_anchor, checked.head)
        tell("Hashing")
        manifest = Manifest(
            id=name,
            made_at=now,
            program=program,
            kind=_kind(database),
            server=checked.server,
            clinic=clinic_of(database),
            schema=checked.schema,
            counts=checked.report.counts,
            audit_number=checked.head.number,
            audit_seal=checked.head.seal.hex(),
            key=key.id,
            keys=checked.keys,
            files={path.name: part_of(path) for path in sorted(making.iterdir())},
        )
        write(making, manifest, key)
    database.write_patiently(lambda tx: _note(tx, name, now))
    return folder / name


def _note(tx: Transaction, name: str, now: datetime) -> None:
    audit.record(tx, actor=audit.SYSTEM, action=MADE, subject=None, now=now, detail=name)


def clinic_of(database: Database) -> str:
    """What names this database in its backups, and tells nothing about it."""
    return database.vault.root.derive("name in backups", 8).hex()


def file_key(key: Key, name: str) -> bytes:
    """The key that encrypts the files of one backup."""
    return key.derive(f"backup {name}")


def _kind(database: Database) -> Kind:
    return "sqlite" if database.is_sqlite else "postgresql"


def _copied(database: Database, place: Place, making: Path, key: bytes, tell: Tell) -> Checked:
    """Copy the embedded database, then open the copy and look it over."""
    target, path = making / SQLITE_FILE, place.database_path
    source_key = file_key_of(path, database.keyring)
    backup_sqlite.copy(path, source_key, target, key, Percent("Copying", tell))
    whole_files.keep(target)
    with (
        database_as_it_is(copy_engine(target, key), database.keyring) as copy,
        copy.reading() as tx,
    ):
        return _checked(tx, making / audit_chain.ANCHOR_NAME, tell)


def _dumped(database: Database, place: Place, making: Path, key: bytes, tell: Tell) -> Checked:
    """Look a snapshot of PostgreSQL over, dump that snapshot, then open the dump and count."""
    target = making / backup_postgres.FILE
    with database.snapshot() as (tx, snapshot):
        checked = _checked(tx, making / audit_chain.ANCHOR_NAME, tell)
        server = backup_postgres.server_of(tx.connection)
        backup_postgres.dump(
            place.database_url or "",
            snapshot,
            target,
            key,
            lambda done: tell(f"Dumping: {done // 1_000_000} MB"),
        )
    tell("Opening the dump")
    rows = backup_postgres.check_dump(target, key, database.keyring)
    if any(rows.get(table, 0) != number for table, number in checked.report.counts.items()):
        raise Damaged("The dump does not hold the rows that it was made of.")
    return replace(checked, server=server)


def _checked(tx: Transaction, anchor: Path, tell: Tell) -> Checked:
    """Look over integrity, samples, audit, counts, and which keys are needed.

    Raises Damaged with the first fault.
    """
    report = verified(tx, anchor, progress=tell)
    if not report.ok:
        more = f" and {len(report.faults) - 1} more" if len(report.faults) > 1 else ""
        raise Damaged(f"The copy is not whole: {report.faults[0]}{more} (see `clinic verify`).")
    return Checked(report, audit_chain.head_of(tx), _keys(tx), revision_of(tx.connection))


def _keys(tx: Transaction) -> tuple[str, ...]:
    """The keys that wrap something in it, and those that it claims to need."""
    wrapping = key_use.total(key_use.counts(tx))
    names = {key_use.name_of(tx.vault.keyring, each) for each in wrapping}
    return tuple(sorted(names | set(key_claims.needed(tx.connection))))


class Percent:
    """Tells how far a step is, in tenths."""

    def __init__(self, step: str, tell: Tell) -> None:
        self._step, self._tell, self._tenth = step, tell, -1

    def __call__(self, done: int, whole: int) -> None:
        """Say it when another tenth is done."""
        tenth = 10 * done // max(whole, 1)
        if tenth > self._tenth:
            self._tenth = tenth
            self._tell(f"{self._step}: {tenth * 10}%")
