"""What has to be on record before an intake may be marked as reviewed.

A row of the call list closes once somebody was reached, once every try of referral.md section 3
was made, or once a clinician set a level, with a reason, that asks for no call. No level answers
the safety questions of an incomplete screen: about those somebody calls whatever the level.
"""

from collections.abc import Sequence
from datetime import datetime

from clinic.store.levels import SetLevel
from clinic.store.outcomes import (
    NO_CALL_ABOUT_ANSWERS,
    LastCall,
    Outcome,
    OutcomeKind,
    last_call,
)
from clinic.store.queues import Queue
from clinic.store.records import Facts
from clinic.triage.rules import Urgency

CALL_QUEUES = (Queue.SAME_DAY, Queue.INCOMPLETE)
TRIES = 3
"""So many calls reach nobody before a text and the emergency contact (referral.md, section 3)."""

EMERGENCY_FIRST = "First record what was done about the emergency."
CALL_FIRST = "First record how the call ended. A row of the call list does not close without that."
NOBODY_YET = (
    "First record a call that reached somebody. After three tries, record that a text was sent "
    "and the emergency contact was called. Or set another level, with the reason."
)
STILL_TO_ASK = (
    "First record a call that reached somebody. Safety questions have no answer, and no level "
    "gives one. After three tries, record that a text was sent and the emergency contact was "
    "called."
)


def lacks(facts: Facts, ended: Sequence[Outcome], set_levels: Sequence[SetLevel]) -> str:
    """Say what is missing before an intake may be marked as reviewed; "" when nothing is."""
    if facts.emergency_open:
        return EMERGENCY_FIRST
    if facts.queue not in CALL_QUEUES or _needs_no_call(facts, set_levels):
        return ""
    last = calls_that_count(facts, ended, since=_call_asked_for(set_levels))
    if last is None:
        return CALL_FIRST
    if last.outcome is not OutcomeKind.COULD_NOT_REACH:
        return ""
    return STILL_TO_ASK if facts.incomplete else NOBODY_YET


def calls_that_count(
    facts: Facts, ended: Sequence[Outcome], *, since: datetime | None = None
) -> LastCall | None:
    """Give the last of the calls since the answers were sent; those to book a visit are none.

    For an emergency the call that was made while the form was still open counts too. `since` is
    when a clinician asked for another call.
    """
    sent = None if facts.urgency is Urgency.EMERGENCY_NOW else facts.submitted_at
    after = [moment for moment in (sent, since) if moment is not None]
    return last_call(
        (each.outcome, each.at)
        for each in ended
        if each.outcome not in NO_CALL_ABOUT_ANSWERS and all(each.at >= moment for moment in after)
    )


def _call_asked_for(set_levels: Sequence[SetLevel]) -> datetime | None:
    """Give when a clinician last set a level that asks for a call today: those before are over."""
    asked = [each.at for each in set_levels if each.level.rank <= Urgency.SAME_DAY.rank]
    return max(asked, default=None)


def _needs_no_call(facts: Facts, set_levels: Sequence[SetLevel]) -> bool:
    """True while a level stands that a clinician set since the answers came, and that can wait."""
    last = set_levels[-1] if set_levels else None
    if (
        facts.incomplete
        or last is None
        or last.level is not facts.urgency
        or facts.submitted_at is None
    ):
        return False
    return last.level.rank > Urgency.SAME_DAY.rank and last.at >= facts.submitted_at
