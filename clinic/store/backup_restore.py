"""Restoring a backup: proved first, put where nothing is, and with no way in left open.

A backup is older than now: a session that was ended, a link that was taken back or a code that was
spent since would stand again. So all of them end, and mails that waited are not sent a second time.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, text, update

from clinic.errors import Damaged, Misconfigured, Refused
from clinic.store import (
    audit,
    audit_chain,
    backup_manifest,
    backup_postgres,
    backup_sqlite,
    whole_files,
)
from clinic.store.audit_chain import ANCHOR_NAME
from clinic.store.backup_make import SQLITE_FILE, Percent, Tell, file_key
from clinic.store.backup_manifest import Manifest
from clinic.store.database import Database, Place, Transaction, database_as_it_is, database_on
from clinic.store.engines import copy_engine, new_file_key, postgres_engine, sqlite_engine
from clinic.store.keys import Key, Ring
from clinic.store.referral_tables import invitation, referral_door
from clinic.store.schema import RESTORING, is_known
from clinic.store.tables import outbox, resume_code, session, tablet
from clinic.store.verify import verify

RESTORED = "backup.restore"
UNFINISHED = ".restoring-"
NOT_SENT = "from before a restore"


@dataclass(frozen=True, slots=True)
class Ended:
    """How many sessions, links and mails of before were ended."""

    sessions: int
    links: int
    codes: int
    mails: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, what was ended, and where an anchor that was there is now."""

    manifest: Manifest
    ended: Ended
    set_aside: Path | None


def proved(backup: Path, keyring: Ring) -> Manifest:
    """Prove a backup without restoring it: manifest, files and keys.

    Raises BadInput, Damaged or Misconfigured with a sentence.
    """
    manifest = backup_manifest.read(backup, keyring)
    backup_manifest.check_keys(manifest, keyring)
    backup_manifest.check_files(backup, manifest)
    if not is_known(manifest.schema):
        raise Misconfigured(
            f"The backup {manifest.id} was made by a newer version of this program "
            f"({manifest.program}). Restore it with that version."
        )
    return manifest


def restore(backup: Path, place: Place, keyring: Ring, *, now: datetime, tell: Tell) -> Restored:
    """Restore a backup into an empty place, end what stood open, and write it down.

    Nothing is changed before the backup is proved, and the database has its name only when all
    is done. Raises Refused when there is a database already.
    """
    url = place.database_url
    if url is None:
        _refuse_overwriting(place)
    tell(f"Checking {backup.name}")
    manifest = proved(backup, keyring)
    if (manifest.kind == "sqlite") != (url is None):
        raise Refused(_OTHER_KIND[manifest.kind])
    with whole_files.room_in(place.data):
        place.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _apart(place.data, manifest.id) as apart:
        anchor = apart / ANCHOR_NAME
        with whole_files.room_in(place.data):
            anchor.write_bytes((backup / ANCHOR_NAME).read_bytes())
        made = apart / SQLITE_FILE
        with _refilled(backup, manifest, made, keyring, url, tell) as database:
            ended = _finished(database, manifest, anchor, now, tell)
        with whole_files.room_in(place.data):
            set_aside = _set_aside(place.data / ANCHOR_NAME, anchor, now)
            whole_files.write_whole(place.data / ANCHOR_NAME, anchor.read_bytes())
            if url is None:
                _name_it(made, place.database_path)
    return Restored(manifest, ended, set_aside)


_OTHER_KIND = {
    "sqlite": "This is a backup of the embedded database: leave DATABASE_URL out.",
    "postgresql": "This is a backup of PostgreSQL: set DATABASE_URL to an empty database.",
}


def end_all(tx: Transaction, now: datetime) -> Ended:
    """End every session, link and code, and give up the mails that waited."""
    sessions = tx.execute(delete(session)).rowcount + tx.execute(delete(tablet)).rowcount
    codes = tx.execute(delete(resume_code)).rowcount
    links = 0
    for table, more in ((invitation, {"remind_at": None}), (referral_door, {})):
        stands = update(table).where(table.c.revoked_at.is_(None))
        links += tx.execute(stands.values(revoked_at=now, **more)).rowcount
    waiting = outbox.c.sent_at.is_(None) & outbox.c.given_up_at.is_(None)
    given_up = {"given_up_at": now, "claimed_until": None, "fault": NOT_SENT}
    mails = tx.execute(update(outbox).where(waiting).values(**given_up)).rowcount
    return Ended(sessions, links, codes, mails)


def _finished(
    database: Database, manifest: Manifest, anchor: Path, now: datetime, tell: Tell
) -> Ended:
    """Prove what was restored, end what stood open, and anchor the audit anew."""
    report = verify(database, anchor, progress=tell)
    if not report.ok:
        raise Damaged(f"What was restored is not whole: {report.faults[0]} Nothing was kept.")
    if any(report.counts.get(name, 0) != number for name, number in manifest.counts.items()):
        raise Damaged("The rows in the backup are not those of its manifest. Nothing was kept.")
    with database.reading() as tx:
        head = audit_chain.head_of(tx)
    if (head.number, head.seal.hex()) != (manifest.audit_number, manifest.audit_seal):
        raise Damaged("The audit in the backup is not the one of its manifest. Nothing was kept.")
    with database.writing() as tx:
        ended = end_all(tx, now)
        audit.record(
            tx, actor=audit.SYSTEM, action=RESTORED, subject=None, now=now, detail=manifest.id
        )
        if not tx.is_sqlite:  # from now on it may be opened
            tx.execute(text(f"DROP TABLE {RESTORING}"))
    while audit_chain.seal(database, anchor):
        pass
    return ended


def _refilled(
    backup: Path, manifest: Manifest, made: Path, keyring: Ring, url: str | None, tell: Tell
) -> Database:
    """Put the rows back, and open what is there now."""
    if url is None:
        _put_back(backup, manifest, made, keyring, tell)
        return database_on(sqlite_engine(made, keyring), keyring, must_exist=True)
    backup_postgres.begin_restore(url)
    tell("Restoring")
    key = file_key(_key_of(manifest, keyring), manifest.id)
    backup_postgres.restore_dump(backup / backup_postgres.FILE, key, url)
    return database_on(postgres_engine(url), keyring, must_exist=True, restoring=True)


def _key_of(manifest: Manifest, keyring: Ring) -> Key:
    return next(key for key in keyring.keys if key.id == manifest.key)


def _put_back(backup: Path, manifest: Manifest, made: Path, keyring: Ring, tell: Tell) -> None:
    source = backup / SQLITE_FILE
    source_key = file_key(_key_of(manifest, keyring), manifest.id)
    with database_as_it_is(copy_engine(source, source_key), keyring):
        pass  # it opens
    target_key = new_file_key(keyring.current)
    told = Percent("Restoring", tell)
    backup_sqlite.copy_back(source, source_key, made, target_key, told)
    whole_files.keep(made)


def _refuse_overwriting(place: Place) -> None:
    path = place.database_path
    for each in (path, path.with_name(f"{path.name}-wal")):
        if each.exists():
            raise Refused(
                f"There is a database at {path} already, and it was left alone. "
                "Set CLINIC_DATA to an empty folder."
            )


@contextmanager
def _apart(data: Path, name: str) -> Iterator[Path]:
    """Give a folder on the same disk where nobody looks; it is gone after the block."""
    for left in data.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)
    apart = data / f"{UNFINISHED}{name}"
    try:
        with whole_files.room_in(data):
            apart.mkdir(mode=0o700)
        yield apart
    finally:
        shutil.rmtree(apart, ignore_errors=True)


def _set_aside(anchor: Path, restored: Path, now: datetime) -> Path | None:
    """Keep the anchor of a longer audit, which says what was lost, under another name."""
    stood, new = audit_chain.read_anchor(anchor), audit_chain.read_anchor(restored)
    if stood is None or (new is not None and stood == new):
        return None
    aside = anchor.with_name(f"{anchor.name}.before-{now:%Y%m%dT%H%M%SZ}")
    anchor.rename(aside)
    return aside


def _name_it(made: Path, path: Path) -> None:
    """Give the restored file its name, unless somebody else was quicker."""
    try:
        os.link(made, path)
    except FileExistsError:
        raise Refused(f"There is a database at {path} already, and it was left alone.") from None
    whole_files.keep(path.parent)
