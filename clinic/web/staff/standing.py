"""Where one intake stands: who it is, its level and state, who has it, what was done when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.actions.closing import lacks
from clinic.actions.review import Opened, needs_no_call, outcomes_for
from clinic.actions.staff_facts import is_harm
from clinic.intake import Intake, IntakeState
from clinic.questionnaire.values import whole_years
from clinic.store.outcomes import OutcomeKind, last_call
from clinic.store.queues import WAITING, Queue
from clinic.store.records import Facts
from clinic.store.staff import Role
from clinic.store.staff_facts import StaffFact
from clinic.summary.words import long_date
from clinic.triage.rules import Urgency
from clinic.web.staff.due import act_by_words, is_late, visit_too_late
from clinic.web.staff.next_actions import step_is_late, step_words
from clinic.web.staff.rows import NO_CARD, Reader, owner_words
from clinic.web.staff.words import (
    LEVEL_WORDS,
    OUTCOME_WORDS,
    STATE_WORDS,
    STEP_WORDS,
    call_words,
    level_code,
    level_of,
    moment,
    waiting,
)

SILENT_ACTS = {
    "intake.acknowledge": "acknowledged the emergency",
    "intake.take": "took it",
    "intake.give_back": "gave it back",
    "intake.note_visit": "noted a visit",
    "intake.remove_visit": "took the visit off",
    "intake.read_added": "read what was added",
    "intake.review": "marked it reviewed",
    "intake.reopen": "opened it again",
    "intake.type_total": "typed a score",
    "intake.correct_total": "corrected a score",
    "intake.take_total_back": "took a score back",
}
"""Acts of the audit that belong in the timeline; outcomes and notes stand there themselves."""

BROKE_GLASS = "opened all answers for 60 minutes, with a reason"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: when, who, what. `words` are free text, not for the desk."""

    at: datetime
    when: str
    who: str
    what: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The head of a patient's page, which every role of the clinic may see."""

    facts: Facts
    name: str
    preferred_name: str
    age: str
    birth_date: str
    urgency: Urgency | None
    level: str
    level_code: str
    so_far: str
    by_rules: str
    act_by: str
    late: bool
    state: str
    draft: bool
    sent: str
    waiting: str
    owner: str
    mine: bool
    taken: bool
    kinds: tuple[OutcomeKind, ...]
    last_outcome: str
    visit: str
    visit_late: str
    can_book: bool
    can_miss_booking: bool
    can_review: bool
    review_lacks: str
    can_reopen: bool
    events: tuple[Event, ...]


def standing(opened: Opened, reader: Reader) -> Standing:
    """Give where an intake stands, for one reader."""
    facts, card = opened.facts, opened.card
    born = card.birth_date
    today = reader.now.astimezone(reader.zone).date()
    by_rules = opened.assessment.urgency
    level = facts.urgency or by_rules
    since = facts.queued_at or facts.submitted_at or facts.created_at
    waits = facts.queue is not None
    step = step_words(opened.steps[-1] if opened.steps else None, reader)
    last = last_call((each.outcome, each.at) for each in opened.outcomes)
    return Standing(
        facts=facts,
        name=card.name or NO_CARD.name,
        preferred_name=card.preferred_name,
        age=str(whole_years(born, today)) if born else "",
        birth_date=long_date(born, "en") if born else "",
        urgency=level,
        level=level_of(facts) or LEVEL_WORDS[level],
        level_code=level_code(facts) or level.value,
        so_far=LEVEL_WORDS[level] if facts.queue is Queue.INCOMPLETE else "",
        by_rules=LEVEL_WORDS[by_rules] if level is not by_rules else "",
        act_by="Now" if facts.emergency_open else step or act_by_words(facts, reader),
        late=step_is_late(opened.steps[-1], reader) if step else is_late(facts, reader),
        state=STATE_WORDS[facts.state],
        draft=facts.state is IntakeState.DRAFT,
        sent=moment(facts.submitted_at, reader.zone, reader.now) if facts.submitted_at else "",
        waiting=waiting(since, reader.now) if waits else "",
        owner=owner_words(facts, opened.people, reader.member),
        mine=facts.owner_id == reader.member.id,
        taken=facts.owner_id is not None,
        kinds=outcomes_for(facts, reader.member.role, opened.outcomes),
        last_outcome=call_words(last, reader.zone, reader.now) if last else "",
        visit=card.appointment,
        visit_late=visit_too_late(facts, card, reader),
        can_book=facts.state is not IntakeState.DRAFT and not facts.emergency_open,
        can_miss_booking=needs_no_call(facts),
        can_review=not reader.is_desk and facts.state in WAITING,
        review_lacks=lacks(facts, opened.outcomes, opened.levels),
        can_reopen=not reader.is_desk and facts.state in (IntakeState.REVIEWED, IntakeState.CLOSED),
        events=tuple(sorted(_events(opened, reader), key=lambda event: event.at)),
    )


def _events(opened: Opened, reader: Reader) -> Iterator[Event]:
    yield from _of_patient(opened.intake, reader)
    for row in opened.trail:
        if row.action in SILENT_ACTS and row.actor.id:
            yield _of_staff(opened, reader, row.at, row.actor.id, SILENT_ACTS[row.action])
    for outcome in opened.outcomes:
        what = f"recorded: {OUTCOME_WORDS[outcome.outcome]}"
        yield _of_staff(opened, reader, outcome.at, outcome.by, what, outcome.note)
    yield from _since_sent(opened, reader)
    for level in opened.levels:
        what = f"set the level to {LEVEL_WORDS[level.level]}"
        yield _of_staff(opened, reader, level.at, level.by, what, level.reason)
    for fact in opened.stated:
        if what := _stated(fact, reader):
            yield _of_staff(opened, reader, fact.at, fact.by, what, fact.words)
    yield from _for_clinicians(opened, reader)


def _for_clinicians(opened: Opened, reader: Reader) -> Iterator[Event]:
    """Notes, and who opened the answers without being a clinician; the desk reads no reason."""
    for note in opened.notes if reader.reads_all else ():
        yield _of_staff(opened, reader, note.at, note.author_id, "wrote a note", note.text)
    for access in opened.accesses:
        words = access.words if reader.reads_all else ""
        yield _of_staff(opened, reader, access.opened_at, access.staff_id, BROKE_GLASS, words)


def _since_sent(opened: Opened, reader: Reader) -> Iterator[Event]:
    """The steps of an emergency, and that the patient added something."""
    for step in opened.steps:
        what = f"recorded, emergency: {STEP_WORDS[step.step]}"
        yield _of_staff(opened, reader, step.at, step.by, what, step.words)
    for each in opened.added:
        yield _did(each.at, "added to the answers that were sent", reader)


def _stated(fact: StaffFact, reader: Reader) -> str:
    """Say what staff answered; to the front desk only that somebody raised an alarm."""
    harm = is_harm(fact.answer)
    if not reader.reads_all:
        return "raised an alarm" if harm else ""
    return f"answered the staff question on self-harm: {'yes' if harm else 'no'}"


def _of_patient(intake: Intake, reader: Reader) -> Iterator[Event]:
    yield _did(intake.created_at, "began the form", reader)
    shown: set[str] = set()
    for alarm in intake.alarms:
        event = _did(alarm.at, "was shown the emergency page", reader)
        if event.when not in shown:
            shown.add(event.when)
            yield event
    if intake.submitted_at:
        yield _did(intake.submitted_at, "sent the answers", reader)


def _did(at: datetime, what: str, reader: Reader) -> Event:
    return Event(at, moment(at, reader.zone, reader.now), "Patient", what)


def _of_staff(
    opened: Opened, reader: Reader, at: datetime, who: UUID, what: str, words: str = ""
) -> Event:
    """One act of a member; the front desk reads only what the front desk wrote."""
    member = opened.people.get(who)
    by_desk = member is not None and member.role is Role.FRONT_DESK
    told = words if by_desk or reader.reads_all else ""
    return Event(at, moment(at, reader.zone, reader.now), member.name if member else "", what, told)
