"""The plain lists: a patient's intakes, and the audit."""

from dataclasses import dataclass
from uuid import UUID

from clinic.actions.worklists import KnownPatient, Trail
from clinic.questionnaire.values import whole_years
from clinic.store.audit import AuditRow
from clinic.store.records import Facts
from clinic.summary.words import long_date
from clinic.web.staff.rows import Reader, owner_words
from clinic.web.staff.words import (
    ACT_WORDS,
    LEVEL_WORDS,
    OUTCOME_WORDS,
    ROLE_WORDS,
    STATE_WORDS,
    moment,
)

DETAIL_WORDS = {kind.value: words for kind, words in OUTCOME_WORDS.items()} | {
    level.value: words for level, words in LEVEL_WORDS.items()
}


@dataclass(frozen=True, slots=True)
class IntakeLine:
    """One intake of a patient."""

    id: UUID
    reference: str
    sent: str
    level: str
    level_code: str
    state: str
    owner: str


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the audit: ids and words of ours, nothing that a patient said."""

    id: UUID
    at: str
    who: str
    what: str
    subject: str
    result: str
    detail: str
    seal: str


def patient_words(known: KnownPatient, reader: Reader) -> dict[str, object]:
    """Give what the page of a patient shows."""
    person = known.patient.person
    born = person.birth_date
    today = reader.now.astimezone(reader.zone).date()
    return {
        "name": person.name or "No name given",
        "birth_date": long_date(born, "en") if born else "",
        "age": str(whole_years(born, today)) if born else "",
        "phone": person.phone,
        "email": person.email,
        "intakes": [_line(facts, known, reader) for facts in known.intakes],
    }


def _line(facts: Facts, known: KnownPatient, reader: Reader) -> IntakeLine:
    return IntakeLine(
        id=facts.id,
        reference=facts.reference,
        sent=moment(facts.submitted_at, reader.zone, reader.now) if facts.submitted_at else "",
        level=LEVEL_WORDS[facts.urgency] if facts.urgency else "",
        level_code=facts.urgency.value if facts.urgency else "",
        state=STATE_WORDS[facts.state],
        owner=owner_words(facts, known.people, reader.member),
    )


def trail_words(trail: Trail, reader: Reader) -> dict[str, object]:
    """Give what the page of the audit shows."""
    return {
        "acts": [_act(row, trail, reader) for row in trail.rows],
        "next": trail.rows[-1].id if trail.more else None,
    }


def _act(row: AuditRow, trail: Trail, reader: Reader) -> Act:
    return Act(
        id=row.id,
        at=moment(row.at, reader.zone, reader.now),
        who=_who(row, trail),
        what=ACT_WORDS.get(row.action, row.action),
        subject=f"{row.subject[0]} {row.subject[1]}" if row.subject else "",
        result=row.result,
        detail=DETAIL_WORDS.get(row.detail, row.detail),
        seal="" if row.seal_number is None else str(row.seal_number),
    )


def _who(row: AuditRow, trail: Trail) -> str:
    if row.actor.kind != "staff" or row.actor.id is None:
        return row.actor.kind.capitalize()
    member = trail.people.get(row.actor.id)
    return f"{member.name} ({ROLE_WORDS[member.role]})" if member else "Somebody"
