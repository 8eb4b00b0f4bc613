"""The list of referrals that wait for somebody: those that are late first, then by their clocks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template, request

from clinic.actions import referral_lists
from clinic.actions.referral_lists import Narrowed
from clinic.actions.referral_lists import Row as Stored
from clinic.referral.clocks import is_booked_too_late
from clinic.referral.states import OPEN
from clinic.store.referrals import COUNTED, Kept
from clinic.store.staff import Member
from clinic.triage.rules import Urgency
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import reader
from clinic.web.staff.reader import Reader
from clinic.web.staff.referral_view import NOW, is_late
from clinic.web.staff.referral_words import NEXT, STATES
from clinic.web.staff.words import LEVEL_WORDS, moment
from clinic.web.visit import database, destinations, now

blueprint = Blueprint("referral_list", __name__, url_prefix="/referrals")

MINE = "mine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One referral on the list."""

    id: UUID
    reference: str
    name: str
    level: str
    level_code: str
    service: str
    receiver: str
    state: str
    next: str
    due: str
    overdue: bool
    escalated: bool
    act_by: str
    late: bool
    visit: str
    visit_too_late: bool
    owner: str


@blueprint.route("/")
@open_to(Audience.FRONT_DESK, Audience.CLINICIAN)
def waiting() -> str:
    """List the open referrals, the overdue ones on top."""
    who = reader()
    mine = request.args.get("owner") == MINE
    state = next((each for each in OPEN if each.value == request.args.get("state")), None)
    service = _service()
    wanted = Narrowed((state,) if state else (), service, who.member.id if mine else None)
    listed = referral_lists.open_list(
        database(), wanted, by=who.member, after=request.args.get("after", ""), now=now()
    )
    rows = [_row(stored, listed.people, who) for stored in listed.rows]
    return render_template(
        "referral/list.html",
        late=[row for row in rows if row.overdue],
        others=[row for row in rows if not row.overdue],
        count=_counted(listed.count),
        overdue=_counted(listed.overdue),
        states=[(each.value, STATES[each]) for each in OPEN],
        services=destinations().services,
        state=state.value if state else "",
        service=service,
        mine=mine,
        after=request.args.get("after", ""),
        more=listed.more,
        filters={
            "state": state.value if state else None,
            "service": service or None,
            "owner": MINE if mine else None,
        },
    )


def referral_rows(found: Iterable[Kept], who: Reader) -> list[dict[str, object]]:
    """Give the referrals of an intake for its page: reference, service, state, and by when."""
    return [
        {
            "id": kept.referral.id,
            "reference": kept.referral.reference,
            "service": destinations().service(kept.referral.service).name,
            "state": STATES[kept.referral.state],
            "due": moment(kept.due_at, who.zone, who.now) if kept.due_at else "",
            "overdue": kept.due_at is not None and kept.due_at <= who.now,
        }
        for kept in found
    ]


def _row(stored: Stored, people: Mapping[UUID, Member], who: Reader) -> Row:
    kept, referral = stored.kept, stored.kept.referral
    owner = people.get(referral.owner_id) if referral.owner_id else None
    urgent = referral.urgency is Urgency.EMERGENCY_NOW
    return Row(
        id=referral.id,
        reference=referral.reference,
        name=(stored.card.name if stored.card else "") or "No name given",
        level=LEVEL_WORDS[referral.urgency],
        level_code=referral.urgency.value,
        service=destinations().service(referral.service).name,
        receiver=stored.receiver or "Nobody chosen yet",
        state=STATES[referral.state],
        next=NEXT.get(referral.state, ""),
        due=moment(kept.due_at, who.zone, who.now) if kept.due_at else "",
        overdue=kept.due_at is not None and kept.due_at <= who.now,
        escalated=kept.escalated_at is not None,
        act_by=NOW if urgent else moment(referral.act_by, who.zone, who.now),
        late=is_late(referral, who.now),
        visit=moment(referral.visit_at, who.zone, who.now) if referral.visit_at else "",
        visit_too_late=referral.visit_at is not None
        and is_booked_too_late(referral.visit_at, referral.act_by),
        owner="You" if owner and owner.id == who.member.id else (owner.name if owner else "Nobody"),
    )


def _service() -> str:
    wanted = request.args.get("service", "")
    return wanted if any(each.id == wanted for each in destinations().services) else ""


def _counted(number: int) -> str:
    """Give an exact number while it is small."""
    return f"more than {COUNTED}" if number > COUNTED else str(number)
