"""Invitations for tests of pages: made as staff make them, without the clicks."""

import re
from datetime import date
from uuid import uuid4

from clinic.actions import invitations as actions
from clinic.actions.invitations import Wanted
from clinic.actions.reminders import Terms
from clinic.store import invitations
from clinic.store.invitations import Channel, Invitation
from clinic.store.patients import Person
from tests.web.staff import BEFORE, ZONE

VISIT = date(2026, 4, 1)
ZEPHYRINE = Person("Zephyrine Quill", date(1971, 4, 23), "555-555-0171", "zq@example.org")
OF_HER = re.compile(r"\b(1971|0171|5550171|19710423)\b")
"""Her numbers, which four letters of a link or a form token may spell by chance, but not alone."""
TERMS = Terms(zone=ZONE, open_days=30, remind_before=(7, 1), mail_gap="")


def invite(database, by, *, now=BEFORE, terms=TERMS, **more) -> Invitation:
    """Somebody whom a member of staff invites: by slip, for the first of April."""
    values = {"person": ZEPHYRINE, "channel": Channel.SLIP, "appointment_on": VISIT, **more}
    made = actions.make(database, Wanted(id=uuid4(), **values), by=by, now=now, terms=terms)
    return kept(database, made)


def kept(database, invitation_id) -> Invitation:
    """The invitation as it stands."""
    with database.reading() as tx:
        return invitations.get(tx, invitation_id)
