"""A tablet of the clinic: handed to a patient, taken back by staff, a form gone on with on it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from clinic.errors import Refused, TooManyAttempts
from clinic.store import audit, intakes, invitations, limits, tablets
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.invitations import Invitation, Permit, Shown
from clinic.store.staff import Member
from clinic.store.tablets import Unsent

MOST_INVITED = 50
NOT_ON_ONE = (
    "This form was not begun on a tablet, or too long ago. Its owner opens it with the code."
)
SHUT = "This link opens nothing any more, or its form was begun. Open the invitation to see."


@dataclass(frozen=True, slots=True)
class Handed:
    """A bound tablet: the token that it keeps, and what its patient may begin or go on with."""

    token: str
    permit: Permit | None = None
    intake_id: UUID | None = None
    language: str = ""
    """The language of the patient, where it is known."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whom a tablet may be handed to: the invited, and who began on one and did not send."""

    invited: tuple[Invitation, ...]
    unsent: tuple[Unsent, ...]


def waiting(database: Database, *, by: Member, now: datetime, days: int) -> Waiting:
    """Read whom a tablet may be handed to; forms of the last days, for which a code works."""
    with database.writing() as tx:
        invited = invitations.listing(tx, shown=Shown.OPEN, now=now, limit=MOST_INVITED)
        unsent = tablets.unsent(tx, since=now - timedelta(days=days))
        _record(tx, by, "tablet.view", None, now)
    return Waiting(tuple(invited), tuple(unsent))


def hand(
    database: Database,
    *,
    by: Member,
    now: datetime,
    invitation_id: UUID | None = None,
    intake_id: UUID | None = None,
    days: int = 0,
) -> Handed:
    """Bind a device to a patient who is here: invited, going on with a form, or new.

    A form that lay on no tablet in the last `days` is handed to nobody: elsewhere its code is
    asked for too, and that ends. Raises Refused for it, for a link that opens nothing and for a
    form that was sent, and UnknownRecord.
    """
    permit, language = None, ""
    with database.writing() as tx:
        if invitation_id is not None:
            language = invitations.get(tx, invitation_id).language
            permit = invitations.hand_over(tx, invitation_id, now=now)
            if permit is None:
                raise Refused(SHUT)
            _record(tx, by, "tablet.hand", ("invitation", invitation_id), now)
        elif intake_id is not None:
            facts = intakes.facts(tx, intake_id)
            language = facts.language
            if facts.submitted_at is not None:
                raise Refused("These answers were sent. Nothing is left to go on with.")
            if not tablets.is_unsent(tx, intake_id, since=now - timedelta(days=days)):
                raise Refused(NOT_ON_ONE)
            _record(tx, by, "tablet.hand", ("intake", intake_id), now)
        else:
            _record(tx, by, "tablet.hand", None, now)
        return Handed(tablets.bind(tx, by=by.id, now=now), permit, intake_id, language)


def take_back(database: Database, token: str, *, by: Member, now: datetime) -> None:
    """Let a device be anybody's again, since somebody of staff signed in on it."""
    with database.writing() as tx:
        if tablets.unbind(tx, token):
            _record(tx, by, "tablet.take_back", None, now)


def note_form(database: Database, intake_id: UUID, *, now: datetime) -> None:
    """Note that a form was begun on a tablet, so that staff can hand it over again."""
    with database.writing() as tx:
        tablets.note_form(tx, intake_id, now=now)


def go_on(database: Database, intake_id: UUID, born: date, *, now: datetime) -> bool:
    """Open a form that staff handed over, by the birth date; False when that is another.

    Raises TooManyAttempts.
    """
    with database.writing() as tx:
        wait = limits.hit(tx, limits.RESUME_CODE, str(intake_id), now)
    if wait is not None:
        raise TooManyAttempts(wait)
    with database.writing() as tx:
        if not tablets.is_draft_of(tx, intake_id, born):
            return False
        limits.forget(tx, limits.RESUME_CODE, str(intake_id))
        tablets.note_form(tx, intake_id, now=now)
        subject = ("intake", intake_id)
        audit.record(tx, actor=audit.PATIENT, action="intake.go_on", subject=subject, now=now)
    return True


def _record(
    tx: Transaction,
    by: Member,
    action: str,
    subject: tuple[str, UUID] | None,
    now: datetime,
) -> None:
    audit.record(tx, actor=Actor("staff", by.id), action=action, subject=subject, now=now)
