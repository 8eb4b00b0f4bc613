"""The plain list of a patient's intakes."""

from dataclasses import dataclass
from uuid import UUID

from clinic.actions.worklists import KnownPatient
from clinic.questionnaire.values import whole_years
from clinic.store.records import Facts
from clinic.summary.words import long_date
from clinic.web.staff.rows import Reader, owner_words
from clinic.web.staff.words import LEVEL_WORDS, STATE_WORDS, moment


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
