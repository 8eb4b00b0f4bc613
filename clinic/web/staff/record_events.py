"""What happened to one person over all intakes, for the timeline of the record."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from clinic.actions.records import Record, Visit
from clinic.web.staff.reader import Reader
from clinic.web.staff.standing import Event
from clinic.web.staff.words import LEVEL_WORDS, OUTCOME_WORDS, STEP_WORDS, moment


def record_events(record: Record, who: Reader) -> Iterator[Event]:
    """Give what happened: sent, read, and of what was opened the calls, steps, levels and notes."""
    for facts in record.sent:
        if facts.submitted_at:
            yield _event(facts.submitted_at, "Patient", f"sent {facts.reference}", who)
        if facts.reviewed_at:
            yield _event(facts.reviewed_at, "", f"{facts.reference} was reviewed", who)
    for visit in record.visits:
        yield from _calls(record, visit, who)
        yield from _words(record, visit, who)


def _calls(record: Record, visit: Visit, who: Reader) -> Iterator[Event]:
    ref = visit.facts.reference
    for outcome in visit.outcomes:
        what = f"recorded for {ref}: {OUTCOME_WORDS[outcome.outcome]}"
        yield _event(outcome.at, _name(record, outcome.by), what, who, outcome.note)
    for step in visit.steps:
        what = f"recorded for {ref}, emergency: {STEP_WORDS[step.step]}"
        yield _event(step.at, _name(record, step.by), what, who)


def _words(record: Record, visit: Visit, who: Reader) -> Iterator[Event]:
    ref = visit.facts.reference
    for level in visit.levels:
        what = f"set the level of {ref} to {LEVEL_WORDS[level.level]}"
        yield _event(level.at, _name(record, level.by), what, who, level.reason)
    for note in visit.notes:
        what = f"wrote a note on {ref}"
        yield _event(note.at, _name(record, note.author_id), what, who, note.text)
    for added in visit.added:
        yield _event(added.at, "Patient", f"added to {ref}", who)


def _event(at: datetime, name: str, what: str, who: Reader, words: str = "") -> Event:
    return Event(at, moment(at, who.zone, who.now), name, what, words)


def _name(record: Record, member_id: UUID) -> str:
    member = record.people.get(member_id)
    return member.name if member else ""
