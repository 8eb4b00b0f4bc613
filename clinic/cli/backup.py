"""Commands that make, list, prove and restore backups."""

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from secrets import token_hex
from typing import Any

from clinic.config import Settings, load_settings, utc_now
from clinic.errors import BadInput
from clinic.store import backup_folder
from clinic.store.backup_make import clinic_of, make_backup
from clinic.store.backup_postgres import scratch_database
from clinic.store.backup_restore import Restored, proved, restore
from clinic.store.database import Database, open_database
from clinic.store.key_sources import keys_at
from clinic.store.keys import Ring
from clinic.store.retention import believed

EACH_SECONDS = 2
"""How often it is said how far a step is."""


def add_commands(commands: Any) -> None:
    """Add these commands to the parser."""
    backup = commands.add_parser(
        "backup", help="make an encrypted backup, while people work; or try one out"
    )
    backup.add_argument("folder", type=Path, nargs="?", help="the folder of backups")
    backup.add_argument("--keep", type=_count, metavar="N", help="keep the newest N at most")
    backup.add_argument("--list", action="store_true", help="only say which backups there are")
    backup.add_argument("--check", action="store_true", help="only prove the newest one")
    backup.add_argument(
        "--drill", action="store_true", help="make one and restore it in a temporary place, timed"
    )
    backup.set_defaults(run=run_backup)
    back = commands.add_parser("restore", help="restore a backup where no database is")
    back.add_argument("folder", type=Path, help="one backup, or a folder of them: the newest")
    back.set_defaults(run=run_restore)


def run_backup(given: argparse.Namespace) -> int:
    """Make a backup, and remove those that were kept for long enough."""
    settings = load_settings()
    if given.drill:
        return _drill(settings, given.folder)
    if given.folder is None:
        raise BadInput("Name the folder of backups: clinic backup DIR.")
    if given.list or given.check:
        return _list(given.folder) if given.list else _check(settings, given.folder)
    tell = Teller()
    with open_database(settings, must_exist=True) as database:
        made = _made(database, settings, given.folder, tell)
        with database.reading() as tx:
            at = believed(tx, utc_now())
        gone = backup_folder.prune(
            given.folder,
            clinic_of(database),
            at,
            days=settings.backup_days,
            most=given.keep,
        )
    print(f"Made {made} in {tell.seconds:.1f} s. It was opened and checked.")
    if gone:
        print(f"Removed {len(gone)} older backups.")
    return 0


def run_restore(given: argparse.Namespace) -> int:
    """Restore a backup into the place that the settings name."""
    settings = load_settings()
    tell = Teller()
    restored = _restored(settings, given.folder, tell)
    print(f"Restored {restored.manifest.id} in {tell.seconds:.1f} s.")
    print(_ended(restored))
    if restored.set_aside is not None:
        print(
            f"An audit that goes on was anchored here before: {restored.set_aside} keeps its "
            "head. What was done after the backup is lost."
        )
    return 0


class Teller:
    """Prints how far a long command is: each step, and not too often within one."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._step, self._last = "", 0.0

    @property
    def seconds(self) -> float:
        """How long it has taken."""
        return time.monotonic() - self._began

    def __call__(self, words: str) -> None:
        """Print a line, unless the same step was spoken of a moment ago."""
        step = words.partition(":")[0]
        if step != self._step or self.seconds - self._last >= EACH_SECONDS:
            self._step, self._last = step, self.seconds
            print(f"{words} ...", file=sys.stderr, flush=True)


def _made(database: Database, settings: Settings, folder: Path, tell: Teller) -> Path:
    return make_backup(database, settings, folder, now=utc_now(), program=_program(), tell=tell)


def _restored(settings: Settings, folder: Path, tell: Teller) -> Restored:
    backup = backup_folder.chosen(folder)
    return restore(backup, settings, _keyring(settings), now=utc_now(), tell=tell)


def _drill(settings: Settings, folder: Path | None) -> int:
    """Make a backup and restore it, in a place that is gone afterwards, and time both."""
    if folder is not None and not folder.is_dir():
        raise BadInput(f"There is no folder {folder}.")
    with ExitStack() as stack:
        name = stack.enter_context(tempfile.TemporaryDirectory(prefix="clinic-drill-", dir=folder))
        place, tell = Path(name), Teller()
        with open_database(settings, must_exist=True) as database:
            made = _made(database, settings, place / "backups", tell)
        backup_seconds = tell.seconds
        elsewhere = {"data": place / "data", "database_url": settings.database_url}
        if settings.database_url:
            scratch = scratch_database(settings.database_url, f"drill_{token_hex(6)}")
            elsewhere["database_url"] = stack.enter_context(scratch)
        tell = Teller()
        restored = _restored(settings.model_copy(update=elsewhere), made, tell)
        print(f"Backup {backup_seconds:.1f} s, restore {tell.seconds:.1f} s, both checked.")
        rows = restored.manifest.counts
        print(f"Restored: {rows['intake']} intakes, {rows['document']} documents.")
        print(_ended(restored))
    print(
        "What the drill made is gone. Nothing that serves was changed, but the audit tells of it."
    )
    return 0


def _list(folder: Path) -> int:
    for path, manifest in backup_folder.all_in(folder):
        size = sum(part.bytes for part in manifest.files.values()) / 1e6
        intakes = manifest.counts.get("intake", 0)
        print(f"{path.name}  {manifest.kind}  {size:.1f} MB  {intakes} intakes")
    return 0


def _check(settings: Settings, folder: Path) -> int:
    manifest = proved(backup_folder.chosen(folder), _keyring(settings))
    print(f"{manifest.id}: manifest and files are as they were written, and the keys are here.")
    return 0


def _ended(restored: Restored) -> str:
    ended = restored.ended
    return (
        f"Ended: {ended.sessions} sessions, {ended.links} links, {ended.codes} resume codes; "
        f"{ended.mails} mails that waited are not sent."
    )


def _keyring(settings: Settings) -> Ring:
    return keys_at(settings)


def _program() -> str:
    try:
        return version("clinic-intake")
    except PackageNotFoundError:
        return "(not installed)"


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
