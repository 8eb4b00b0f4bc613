"""The one next thing to do for a row of the worklist."""

from collections.abc import Mapping
from dataclasses import dataclass

from clinic.actions.worklists import Listed
from clinic.referral.emergency import EmergencyStep
from clinic.store.alerts import Alert
from clinic.store.emergency_steps import LastStep
from clinic.store.outcomes import OutcomeKind
from clinic.store.queues import Queue
from clinic.store.worklist import Row as Stored
from clinic.web.staff.reader import Reader
from clinic.web.staff.words import day, moment

READ_ADDED = "Read what was added"
STEP_ACTIONS: Mapping[EmergencyStep, str] = {
    EmergencyStep.ADVISED: "Ask if they arrived",
    EmergencyStep.NOT_REACHED: "Call again",
    EmergencyStep.ARRIVED: "Ask what came of it",
    EmergencyStep.REFUSED: "Ask what came of it",
}


@dataclass(frozen=True, slots=True)
class About:
    """What was done about one row so far, and what came in since."""

    outcome: OutcomeKind | None = None
    alert: Alert | None = None
    step: LastStep | None = None
    unread: int = 0


def about(stored: Stored, listed: Listed) -> About:
    """Give what the list knows about a row beside its card."""
    intake_id = stored.facts.id
    return About(
        listed.outcomes.get(intake_id),
        listed.alerts.get(intake_id),
        listed.steps.get(intake_id),
        listed.unread.get(intake_id, 0),
    )


def next_action(stored: Stored, known: About, reader: Reader) -> str:
    """Give the one next thing to do: an emergency first, then calls, then reading."""
    step = _step(known.step, reader)
    if stored.queue is Queue.EMERGENCY:
        return (step if known.outcome is OutcomeKind.COULD_NOT_REACH else "") or "Call now"
    if step:
        return step
    if stored.queue in (Queue.SAME_DAY, Queue.INCOMPLETE):
        return _call(stored.queue, known, reader)
    if known.unread and not reader.is_desk:
        return READ_ADDED
    act_by = stored.facts.act_by
    due = day(act_by, reader.zone, reader.now) if act_by else ""
    match stored.queue:
        case Queue.OVERDUE:
            return f"Late since {due}: act now"
        case _ if not reader.is_desk:
            return "Read"
        case Queue.SELF_CARE:
            return f"Check again by {due}"
        case _:
            return f"Book a visit by {due}"


def _step(step: LastStep | None, reader: Reader) -> str:
    """Say what comes next in the loop of an emergency that is not closed."""
    words = STEP_ACTIONS.get(step.step) if step else None
    if step is None or words is None or step.due_at is None:
        return ""
    due = moment(step.due_at, reader.zone, reader.now)
    return f"{words}: late since {due}" if step.due_at <= reader.now else f"{words}, by {due}"


def _call(queue: Queue, known: About, reader: Reader) -> str:
    if known.outcome is OutcomeKind.COULD_NOT_REACH:
        return "Call again"
    if known.outcome is not None:
        if reader.is_desk:
            return "See what was done"
        return READ_ADDED if known.unread else "Read and mark reviewed"
    return "Call today" if queue is Queue.SAME_DAY else "Call and ask what is missing"
