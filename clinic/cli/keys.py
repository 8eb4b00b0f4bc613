"""Commands about keys: make, add, wrap anew, retire, and say what stands."""

import argparse
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from clinic.cli.stopping import ends_when_asked
from clinic.cli.tables import table
from clinic.config import Settings, load_settings, utc_now
from clinic.errors import BadInput
from clinic.store import key_claims, key_rotation, key_sources, key_use
from clinic.store.database import Database, open_database
from clinic.store.keys import Ring, keyring_from, read_key_text
from clinic.store.sealing import wrapping_id

NO_FILE = "The keys stand in CLINIC_KEYS. Change the variable by hand: the key in use comes first."
STOPPED = 1


def add_commands(commands: Any) -> None:
    """Add these commands to the parser."""
    keys = commands.add_parser("keys", help="make a key file, rotate keys, or say what stands")
    acts = keys.add_subparsers(title="what to do", metavar="ACT", required=True)
    new = acts.add_parser("new", help="make a key file; refuses to overwrite one")
    new.add_argument("file", type=Path, nargs="?", help="default: CLINIC_KEY_FILE")
    new.set_defaults(run=run_new)
    acts.add_parser("status", help="which keys, and what needs each").set_defaults(run=run_status)
    add = acts.add_parser("add", help="put a new key into the key file, in use at once")
    add.add_argument("--last", action="store_true", help="to open only, and not in use yet")
    add.set_defaults(run=run_add)
    rotate = acts.add_parser(
        "rotate", help="wrap every data key with the key in use; may be stopped and run again"
    )
    rotate.set_defaults(run=run_rotate)
    retire = acts.add_parser("retire", help="take a key that nothing needs out of the key file")
    retire.add_argument("key", help="its id, as `clinic keys status` prints it")
    retire.set_defaults(run=run_retire)
    wrap = acts.add_parser("wrap", help="make CLINIC_KEY_FILE from a file of keys in the open")
    wrap.add_argument("file", type=Path, help="the key file whose keys the key service shall wrap")
    wrap.set_defaults(run=run_wrap)


def run_new(given: argparse.Namespace) -> int:
    """Make a key file that only its owner can read."""
    settings = load_settings()
    path = given.file or settings.key_file
    if settings.data.resolve() in path.resolve().parents:
        raise BadInput(
            f"{path} is in the data folder. Name a place that no copy of it takes along."
        )
    if path.exists():
        raise BadInput(f"{path} stands already. Name another file; a lost key loses the data.")
    key_sources.new_file(settings, path)
    print(f"Made {path}. Keep a copy where the data is not: without it nothing can be read.")
    return 0


def run_wrap(given: argparse.Namespace) -> int:
    """Have the key service wrap the keys of a file, into a new key file."""
    settings = load_settings()
    if settings.key_command is None:
        raise BadInput("Set CLINIC_KEY_COMMAND to the program that asks the key service.")
    ring = keyring_from(read_key_text(given.file, settings.data), given.file)
    key_sources.new_file(settings, settings.key_file, *ring.keys)
    print(f"Made {settings.key_file}: {len(ring.keys)} wrapped. {given.file} is as it was.")
    return 0


def run_add(given: argparse.Namespace) -> int:
    """Put a new key into the key file."""
    settings = load_settings()
    _want_file(settings)
    key = key_sources.add_key(settings, last=given.last)
    if given.last:
        print(f"Added {key.id}, to open only. Move its line to the top to put it in use.")
    else:
        print(f"Added {key.id}. It is in use from now on. Next: `clinic keys rotate`.")
    print("Copy the key file to where its copy is kept.")
    return 0


def run_rotate(given: argparse.Namespace) -> int:
    """Wrap every data key anew; 1 when it was stopped before the end."""
    del given
    settings = load_settings()
    stop, began = threading.Event(), time.monotonic()
    with ends_when_asked(stop), open_database(settings, must_exist=True) as database:
        done = key_rotation.rotate(
            database, settings, now=utc_now(), told=_say_how_far, stop=stop.is_set
        )
        if not done.done:
            print(f"Stopped: {done.number} keys were wrapped anew. Run it again to go on.")
            return STOPPED
        print(f"Wrapped anew: {done.number} keys in {time.monotonic() - began:.1f} s.")
        print("Everything is wrapped with the key in use:")
        _print_status(settings, database, database.keyring)
    return 0


def run_retire(given: argparse.Namespace) -> int:
    """Take a key out of the key file."""
    settings = load_settings()
    _want_file(settings)
    with open_database(settings, must_exist=True) as database:
        kept = key_rotation.retire(database, settings, given.key, now=utc_now())
    until = settings.today(utc_now() + timedelta(days=settings.backup_days))
    print(f"Took {given.key} out of {settings.key_file}. It is in {kept} now.")
    print(
        f"Backups of before need it, until {until:%Y-%m-%d} (CLINIC_BACKUP_DAYS). "
        "Keep it apart from them, and delete it then."
    )
    return 0


def run_status(given: argparse.Namespace) -> int:
    """Say which keys are at hand, and how much each wraps."""
    del given
    settings = load_settings()
    ring = key_sources.keys_at(settings)
    if not settings.database_url and not settings.database_path.exists():
        purpose = "for trying out, not for patients" if ring.trying_out else "in use"
        print(f"{_where(settings)}: key {ring.current.id}, {purpose}; {len(ring.keys)} in all")
        return 0
    with open_database(settings, must_exist=True) as database:
        _print_status(settings, database, ring)
    return 0


def _print_status(settings: Settings, database: Database, ring: Ring) -> None:
    with database.reading() as tx:
        found = key_use.counts(tx)
        needed = set(key_claims.needed(tx.connection))
    if ring.trying_out:
        print(f"{_where(settings)}: made for trying out, not for patients")
    else:
        print(_where(settings))
    names = {wrapping_id(key): key.id for key in ring.keys}
    names |= {each: each.hex() for each in key_use.total(found) if each not in names}
    header = ("key", "state", *found)
    rows = [
        (name, _state(name, ring, needed), *(str(found[part][each]) for part in found))
        for each, name in names.items()
    ]
    print(table(header, rows))


def _state(name: str, ring: Ring, needed: set[str]) -> str:
    if name == ring.current.id:
        return "in use"
    if name not in {key.id for key in ring.keys}:
        return "NOT AT HAND"
    return "needed" if name in needed else "may be retired"


def _say_how_far(part: str, number: int) -> None:
    print(f"{part}: {number} keys wrapped anew", flush=True)


def _where(settings: Settings) -> str:
    where = "CLINIC_KEYS" if settings.keys else str(settings.key_file)
    return f"{where}, by {settings.key_command}" if settings.key_command else where


def _want_file(settings: Settings) -> None:
    if settings.keys:
        raise BadInput(NO_FILE)
