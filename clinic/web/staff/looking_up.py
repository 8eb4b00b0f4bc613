"""Look somebody up by name, birth date or phone.

What was typed goes with a post and waits in the session, so that no address and no log holds it.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as WebResponse

from clinic.actions.worklists import find_people
from clinic.errors import BadInput
from clinic.questionnaire.values import whole_years
from clinic.store.people import Found
from clinic.store.records import Facts
from clinic.store.search import terms_of_query
from clinic.summary.words import long_date
from clinic.web.security import Audience, open_to
from clinic.web.staff.doors import reader
from clinic.web.staff.reader import Reader
from clinic.web.staff.words import STATE_WORDS, level_code, level_of, moment
from clinic.web.visit import database, now

blueprint = Blueprint("looking_up", __name__)

TYPED = "looked_up"
LONGEST = 120
PATIENT_ROLES = (Audience.FRONT_DESK, Audience.CLINICIAN)
TOO_LITTLE = (
    "This is too little to look for, or not a date that there is. "
    "Write a birth date like this: 3/17/1980."
)


@dataclass(frozen=True, slots=True)
class SentLine:
    """One intake of somebody who was found."""

    id: UUID
    reference: str
    when: str
    level: str
    level_code: str
    state: str


@dataclass(frozen=True, slots=True)
class FoundLine:
    """Somebody who was found, with the last intakes."""

    patient_id: UUID
    name: str
    birth_date: str
    age: str
    phone: str
    sent: tuple[SentLine, ...]


@blueprint.route("/search", methods=["GET", "POST"])
@open_to(*PATIENT_ROLES)
def search() -> str | WebResponse:
    """Take what was typed; then show whom it fits."""
    if request.method == "POST":
        session[TYPED] = request.form.get("who", "").strip()[:LONGEST]
        return redirect(url_for("staff.looking_up.search"), code=303)
    who, typed = reader(), session.get(TYPED, "")
    enough = bool(terms_of_query(typed))
    after = _after(request.args.get("after", ""))
    found = (
        find_people(database(), typed, by=who.member, after=after, now=now()) if enough else None
    )
    return render_template(
        "staff/search.html",
        search_typed=typed,
        search_fault="" if enough or not typed else TOO_LITTLE,
        found=[_line(each, who) for each in found.people] if found else [],
        enough=enough,
        after=after,
        more=found.next if found else None,
    )


def _after(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise BadInput("This page of the list is not there. Go back to its start.") from None


def _line(found: Found, who: Reader) -> FoundLine:
    person = found.patient.person
    born, today = person.birth_date, who.now.astimezone(who.zone).date()
    return FoundLine(
        patient_id=found.patient.id,
        name=person.name or "No name given",
        birth_date=long_date(born, "en") if born else "",
        age=str(whole_years(born, today)) if born else "",
        phone=person.phone,
        sent=tuple(_sent(facts, who) for facts in found.intakes),
    )


def _sent(facts: Facts, who: Reader) -> SentLine:
    return SentLine(
        id=facts.id,
        reference=facts.reference,
        when=moment(facts.submitted_at or facts.created_at, who.zone, who.now),
        level=level_of(facts),
        level_code=level_code(facts),
        state=STATE_WORDS[facts.state],
    )
