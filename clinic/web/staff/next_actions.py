"""The one next thing to do for a row of the worklist."""

from collections.abc import Mapping
from dataclasses import dataclass

from clinic.actions.worklists import Listed
from clinic.referral.emergency import EmergencyStep
from clinic.store.alerts import Alert
from clinic.store.emergency_steps import KeptStep, LastStep
from clinic.store.outcomes import MISSED, LastCall, OutcomeKind
from clinic.store.queues import Queue
from clinic.store.worklist import Row as Stored
from clinic.web.staff.due import is_late, visit_by
from clinic.web.staff.reader import Reader
from clinic.web.staff.words import day, day_words, moment

BOOKED = "Booked: a clinician reads next"
READ_ADDED = "Read what was added"
CALLS: Mapping[Queue, str] = {
    Queue.SAME_DAY: "Call today",
    Queue.INCOMPLETE: "Call and ask what is missing",
}
STEP_ACTIONS: Mapping[EmergencyStep, str] = {
    EmergencyStep.SPOKEN: "Ask if they go",
    EmergencyStep.ADVISED: "Ask if they arrived",
    EmergencyStep.NOT_REACHED: "Call again",
    EmergencyStep.ARRIVED: "Ask what came of it",
    EmergencyStep.REFUSED: "Ask what came of it",
}


@dataclass(frozen=True, slots=True)
class About:
    """What was done about one row so far, and what came in since."""

    call: LastCall | None = None
    alert: Alert | None = None
    step: LastStep | None = None
    unread: int = 0

    @property
    def outcome(self) -> OutcomeKind | None:
        """How the last call ended."""
        return self.call.outcome if self.call else None


def about(stored: Stored, listed: Listed) -> About:
    """Give what the list knows about a row beside its card."""
    intake_id = stored.facts.id
    return About(
        listed.calls.get(intake_id),
        listed.alerts.get(intake_id),
        listed.steps.get(intake_id),
        listed.unread.get(intake_id, 0),
    )


def next_action(stored: Stored, known: About, reader: Reader) -> str:
    """Give the one next thing to do: an emergency first, then calls, then reading."""
    step = step_words(known.step, reader)
    if stored.queue is Queue.EMERGENCY:
        return (step if known.outcome is OutcomeKind.COULD_NOT_REACH else "") or "Call now"
    if step:
        return step
    if stored.queue in (Queue.SAME_DAY, Queue.INCOMPLETE):
        return _call(stored, known, reader)
    if known.unread and not reader.is_desk:
        return READ_ADDED
    act_by, card = stored.facts.act_by, stored.card
    due = day(act_by, reader.zone, reader.now) if act_by else ""
    match stored.queue:
        case Queue.OVERDUE:
            return f"Late since {due}: act now"
        case _ if not reader.is_desk:
            return "Read"
        case Queue.SELF_CARE:
            return BOOKED if card and card.visit_on else f"Check again by {due}"
        case _:
            return _booking(stored, known, reader)


def _booking(stored: Stored, known: About, reader: Reader) -> str:
    """Say by when to book, or that a visit in time stands on record and a clinician is next."""
    facts, card = stored.facts, stored.card
    last = visit_by(facts, reader.zone)
    book = "Call again to book" if known.outcome is OutcomeKind.BOOKING_MISSED else "Book a visit"
    if last is None:
        return book
    by = day_words(last, reader.zone, reader.now)
    if card is None or card.visit_on is None:
        return f"{book} by {by}"
    return f"Visit is too late: book by {by}" if card.visit_on > last else BOOKED


def step_words(step: LastStep | KeptStep | None, reader: Reader) -> str:
    """Say what comes next in the loop of an emergency that is not closed, and by when."""
    words = STEP_ACTIONS.get(step.step) if step else None
    if step is None or words is None or step.due_at is None:
        return ""
    due = moment(step.due_at, reader.zone, reader.now)
    return f"{words}: late since {due}" if step_is_late(step, reader) else f"{words}, by {due}"


def step_is_late(step: LastStep | KeptStep, reader: Reader) -> bool:
    """True when the next step of an emergency is overdue."""
    return step.due_at is not None and step.due_at <= reader.now


def _call(stored: Stored, known: About, reader: Reader) -> str:
    """Say that somebody has to call, and since when that is late; after it, who reads."""
    if known.outcome is not None and known.outcome not in MISSED:
        if reader.is_desk:
            return "See what was done"
        return READ_ADDED if known.unread else "Read and mark reviewed"
    call = "Call again" if known.call else CALLS[stored.queue]
    act_by = stored.facts.act_by
    if act_by is None or not is_late(stored.facts, reader):
        return call
    return f"{call}: late since {day(act_by, reader.zone, reader.now)}"
