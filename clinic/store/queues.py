"""Under which heading of the worklist an intake stands, and since when."""

from collections.abc import Collection
from datetime import datetime
from enum import IntEnum

from clinic.intake import Alarm, IntakeState
from clinic.store.tables import OVERDUE_QUEUE
from clinic.triage.assess import Assessment
from clinic.triage.rules import Urgency


class Queue(IntEnum):
    """The headings of the worklist, in its order."""

    EMERGENCY = 0
    SAME_DAY = 1
    INCOMPLETE = 2
    OVERDUE = OVERDUE_QUEUE
    URGENT = 4
    ROUTINE = 5
    SELF_CARE = 6


QUEUE_OF_URGENCY = {
    Urgency.EMERGENCY_NOW: Queue.SAME_DAY,
    Urgency.SAME_DAY: Queue.SAME_DAY,
    Urgency.URGENT_2WK: Queue.URGENT,
    Urgency.ROUTINE: Queue.ROUTINE,
    Urgency.SELF_CARE: Queue.SELF_CARE,
}
"""An emergency whose outcome is recorded is read on the same day."""

WAITING = (IntakeState.SUBMITTED, IntakeState.IN_REVIEW)
"""The states in which somebody still has to read the answers."""


def queue_of(
    *,
    state: IntakeState,
    urgency: Urgency | None,
    incomplete: bool,
    emergency_open: bool,
    act_by: datetime | None,
    now: datetime,
) -> Queue | None:
    """Give the heading, or None for what is not on the list.

    An emergency without an outcome stays there whatever its state, drafts included.
    """
    if emergency_open:
        return Queue.EMERGENCY
    if state not in WAITING or urgency is None:
        return None
    queue = QUEUE_OF_URGENCY[urgency]
    if incomplete:
        queue = min(queue, Queue.INCOMPLETE)
    late = act_by is not None and act_by <= now
    return Queue.OVERDUE if late and queue > Queue.OVERDUE else queue


def open_alarms(
    alarms: Collection[Alarm],
    assessment: Assessment | None,
    outcome_at: datetime | None,
    raised_at: datetime | None = None,
) -> list[datetime | None]:
    """When each emergency began that no recorded outcome covers; None for just now.

    Alarms are emergencies that a patient was shown; an assessment may hold further ones, and
    staff may have raised one at `raised_at`, which an outcome clears.
    """
    shown = {alarm.rule_id: alarm.at for alarm in alarms}
    found = {finding.rule_id for finding in assessment.emergencies} if assessment else set()
    began = [*shown.values(), *[None for rule_id in found if rule_id not in shown]]
    still = [at for at in began if outcome_at is None or at is None or at > outcome_at]
    return still if raised_at is None else [*still, raised_at]
