"""Commands about staff accounts and keys."""

import argparse
from pathlib import Path
from typing import Any

from clinic.actions import people
from clinic.config import load_settings, utc_now
from clinic.errors import BadInput, UnknownRecord
from clinic.store import audit, passwords, staff
from clinic.store.database import Transaction, open_database
from clinic.store.keys import new_key_file, read_key_file


def add_commands(commands: Any) -> None:
    """Add these commands to the parser."""
    _add_staff(commands)
    _add_keys(commands)


def _add_staff(commands: Any) -> None:
    accounts = commands.add_parser("staff", help="add, disable or reset a staff account")
    acts = accounts.add_subparsers(title="what to do", metavar="ACT", required=True)
    add = acts.add_parser("add", help="add a person; prints a first password")
    add.add_argument("username")
    add.add_argument("--name", required=True, help="the name that others see")
    add.add_argument("--role", required=True, choices=[str(role) for role in staff.Role])
    add.set_defaults(run=run_staff_add)
    for act, run, words in (
        ("disable", run_staff_disable, "end a person's access and sessions at once"),
        ("reset", run_staff_reset, "give a person a new first password"),
    ):
        one = acts.add_parser(act, help=words)
        one.add_argument("username")
        one.set_defaults(run=run)


def _add_keys(commands: Any) -> None:
    keys = commands.add_parser("keys", help="make a key file, or say what stands")
    acts = keys.add_subparsers(title="what to do", metavar="ACT", required=True)
    new = acts.add_parser("new", help="make a key file; refuses to overwrite one")
    new.add_argument("file", type=Path, nargs="?", help="default: CLINIC_KEY_FILE")
    new.set_defaults(run=run_keys_new)
    acts.add_parser("status", help="which key file, which key").set_defaults(run=run_keys_status)


def run_staff_add(given: argparse.Namespace) -> int:
    """Add a person with a random first password, to be changed at first use."""
    password = passwords.first_password()
    now = utc_now()
    with open_database(load_settings()) as database, database.writing() as tx:
        member = staff.add(
            tx,
            username=given.username,
            name=given.name,
            role=staff.Role(given.role),
            password=password,
            now=now,
            must_change=True,
        )
        _note(tx, "staff.add", member)
    print(f"Added {given.username}. First password, shown once: {password}")
    return 0


def run_staff_disable(given: argparse.Namespace) -> int:
    """Disable a person; every session ends."""
    with open_database(load_settings(), must_exist=True) as database, database.writing() as tx:
        member = _member(tx, given.username)
        left = people.shut_out(tx, member.id, audit.SYSTEM, utc_now())
    print(f"Disabled {given.username}. Every session has ended.")
    if left:
        print(f"Patients whom anybody may take again: {left}.")
    return 0


def run_staff_reset(given: argparse.Namespace) -> int:
    """Give a person a new random first password; every session ends."""
    password = passwords.first_password()
    with open_database(load_settings(), must_exist=True) as database, database.writing() as tx:
        member = _member(tx, given.username)
        staff.set_password(tx, member.id, password, now=utc_now(), must_change=True)
        _note(tx, "staff.reset", member)
    print(f"New password for {given.username}, shown once: {password}")
    return 0


def _member(tx: Transaction, username: str) -> staff.Member:
    member = staff.by_username(tx, username)
    if member is None:
        raise UnknownRecord(f"staff account {username!r}")
    return member


def _note(tx: Transaction, action: str, member: staff.Member) -> None:
    subject = ("staff", member.id)
    audit.record(tx, actor=audit.SYSTEM, action=action, subject=subject, now=utc_now())


def run_keys_new(given: argparse.Namespace) -> int:
    """Make a key file that only its owner can read."""
    settings = load_settings()
    path = given.file or settings.key_file
    if settings.data.resolve() in path.resolve().parents:
        raise BadInput(
            f"{path} is in the data folder. Name a place that no copy of it takes along."
        )
    if path.exists():
        raise BadInput(f"{path} stands already. Name another file; a lost key loses the data.")
    new_key_file(path)
    print(f"Made {path}. Keep a copy where the data is not: without it nothing can be read.")
    return 0


def run_keys_status(given: argparse.Namespace) -> int:
    """Say which key file is used, and which key seals new data."""
    del given
    settings = load_settings()
    keyring = read_key_file(settings.key_file, settings.data)
    purpose = "for trying out, not for patients" if keyring.trying_out else "in use"
    print(f"{settings.key_file}: key {keyring.current.id}, {purpose}; {len(keyring.keys)} in all")
    return 0
