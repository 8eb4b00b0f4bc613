"""The command that invites a patient: it prints the link, mails it, or writes the slip."""

import argparse
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

from clinic.actions import invitations as actions
from clinic.actions.invitations import Wanted
from clinic.actions.printing import printing_kit
from clinic.actions.slips import slip_of
from clinic.cli.files import day
from clinic.config import Settings, load_settings, utc_now
from clinic.delivery import invitation_terms
from clinic.errors import BadInput, NotAllowed, UnknownRecord
from clinic.library.places import content_dir
from clinic.library.shelf import read_shelf
from clinic.pdf.paper import render_paper
from clinic.pdf.render import Renderer
from clinic.store import invitations, staff
from clinic.store.database import Database, open_database
from clinic.store.invitations import Channel, Invitation
from clinic.store.patients import Person
from clinic.store.staff import Member, Role
from clinic.web.visit import details_of


def add_commands(commands: Any) -> None:
    """Add this command to the parser."""
    invite = commands.add_parser("invite", help="invite a patient; prints a link that works once")
    invite.add_argument("name", help="the name of the patient")
    invite.add_argument(
        "--by", required=True, metavar="USERNAME", help="the member of staff who invites"
    )
    invite.add_argument("--visit", type=day, metavar="DAY", help="the day, such as 2026-11-23")
    invite.add_argument("--birth-date", type=day, metavar="DAY")
    invite.add_argument("--phone", default="")
    invite.add_argument("--email", default="", help="mail the link here, with reminders")
    invite.add_argument("--lang", default="en", metavar="CODE", help="language (default: en)")
    invite.add_argument("--slip", type=Path, metavar="OUT.pdf", help="write the slip to print")
    invite.set_defaults(run=run_invite)


def run_invite(given: argparse.Namespace) -> int:
    """Make an invitation and print its link."""
    settings = load_settings()
    if given.slip is not None and not given.slip.parent.is_dir():
        raise BadInput(f"There is no folder {given.slip.parent}. Name another file after --slip.")
    with open_database(settings, must_exist=True) as database:
        invitation = _made(database, settings, given)
    root = settings.public_url or _own_address(settings)
    link = root + settings.invitation_path(invitation.language, invitation.token)
    if given.slip is not None:
        _write_slip(invitation, link, settings, given.slip)
    print(link)
    return 0


def _made(database: Database, settings: Settings, given: argparse.Namespace) -> Invitation:
    with database.reading() as tx:
        member = staff.by_username(tx, given.by)
    wanted = Wanted(
        id=uuid4(),
        person=Person(given.name.strip(), given.birth_date, given.phone, given.email),
        channel=Channel.MAIL if given.email else Channel.SLIP,
        appointment_on=given.visit,
        language=given.lang if given.lang in settings.languages else settings.languages[0],
    )
    made = actions.make(
        database,
        wanted,
        by=_who_may(member, given.by),
        now=utc_now(),
        terms=invitation_terms(settings),
    )
    with database.reading() as tx:
        return invitations.get(tx, made)


def _who_may(member: Member | None, username: str) -> Member:
    if member is None:
        raise UnknownRecord(f"staff account {username!r}")
    if member.disabled or member.role is Role.ADMIN:
        raise NotAllowed(f"{username} may not invite. Name somebody of the desk, or a clinician.")
    return member


def _own_address(settings: Settings) -> str:
    where = f"http://127.0.0.1:{settings.port}"
    print(f"CLINIC_PUBLIC_URL is not set: the link names {where}.", file=sys.stderr)
    return where


def _write_slip(invitation: Invitation, link: str, settings: Settings, out: Path) -> None:
    details = details_of(settings)
    paper = slip_of(invitation, link, clinic=details, size=settings.paper, zone=settings.zone)
    shelf = read_shelf(content_dir(), settings.content)
    renderer = Renderer(**printing_kit(shelf, details))
    try:
        out.write_bytes(render_paper(renderer, paper))
    except OSError as error:
        why = f"{out} cannot be written: {error.strerror}. Name another file after --slip."
        raise BadInput(why) from None
