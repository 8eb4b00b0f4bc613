"""Commands about staff accounts."""

import argparse
from typing import Any

from clinic.actions import people
from clinic.config import load_settings, utc_now
from clinic.errors import UnknownRecord
from clinic.store import audit, passwords, staff
from clinic.store.database import Transaction, open_database


def add_commands(commands: Any) -> None:
    """Add these commands to the parser."""
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
        if act == "reset":
            one.add_argument(
                "--second-step", action="store_true", help="take the second step away too"
            )


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
    _tell_how_long()
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
        if given.second_step:
            people.take_second_step(tx, member.id, password, audit.SYSTEM, utc_now())
        else:
            staff.set_password(tx, member.id, password, now=utc_now(), must_change=True)
            _note(tx, "staff.reset", member)
    print(f"New password for {given.username}, shown once: {password}")
    _tell_how_long()
    return 0


def _tell_how_long() -> None:
    hours = load_settings().first_password_hours
    print(f"It works for {hours} hours, and is changed at the first sign-in.")


def _member(tx: Transaction, username: str) -> staff.Member:
    member = staff.by_username(tx, username)
    if member is None:
        raise UnknownRecord(f"staff account {username!r}")
    return member


def _note(tx: Transaction, action: str, member: staff.Member) -> None:
    subject = ("staff", member.id)
    audit.record(tx, actor=audit.SYSTEM, action=action, subject=subject, now=utc_now())
