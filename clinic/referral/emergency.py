"""The small loop of an emergency: advised, arrived, and the outcome known within a day.

Source: referral.md, section 4. It never waits for a letter or a signature.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from clinic.errors import IllegalMove

S = TypeVar("S")

KNOWN_WITHIN = timedelta(hours=24)
TRIES = 3
TRIED_WITHIN = timedelta(minutes=15)


class EmergencyStep(StrEnum):
    """Where somebody stands who was told to get help at once."""

    SPOKEN = "spoken"
    ADVISED = "advised"
    NOT_REACHED = "not_reached"
    ARRIVED = "arrived"
    REFUSED = "refused"
    OUTCOME_KNOWN = "outcome_known"


NEXT: Mapping[EmergencyStep | None, frozenset[EmergencyStep]] = {
    None: frozenset({EmergencyStep.SPOKEN, EmergencyStep.ADVISED, EmergencyStep.NOT_REACHED}),
    EmergencyStep.NOT_REACHED: frozenset(
        {
            EmergencyStep.NOT_REACHED,
            EmergencyStep.SPOKEN,
            EmergencyStep.ADVISED,
            EmergencyStep.ARRIVED,
        }
    ),
    EmergencyStep.SPOKEN: frozenset(
        {
            EmergencyStep.ADVISED,
            EmergencyStep.ARRIVED,
            EmergencyStep.REFUSED,
            EmergencyStep.NOT_REACHED,
            EmergencyStep.OUTCOME_KNOWN,
        }
    ),
    EmergencyStep.ADVISED: frozenset(
        {EmergencyStep.ARRIVED, EmergencyStep.REFUSED, EmergencyStep.NOT_REACHED}
    ),
    EmergencyStep.REFUSED: frozenset({EmergencyStep.ARRIVED, EmergencyStep.OUTCOME_KNOWN}),
    EmergencyStep.ARRIVED: frozenset({EmergencyStep.OUTCOME_KNOWN}),
    EmergencyStep.OUTCOME_KNOWN: frozenset(),
}
AFTER_TRIES = 1
"""So many calls of the emergency contact come before a welfare check."""


class Reach(StrEnum):
    """What comes next for somebody who was not reached (referral.md, section 3)."""

    TRY_AGAIN = "try_again"
    EMERGENCY_CONTACT = "emergency_contact"
    WELFARE_CHECK = "welfare_check"
    STILL_OPEN = "still_open"


CLINICIAN_ONLY = frozenset({EmergencyStep.REFUSED})
"""A clinician talks with somebody who refuses: can decide, why, the plan, who is with them."""

BY_A_CALL = frozenset({EmergencyStep.SPOKEN})
"""Steps that the end of a call is, and that nobody records by themselves."""
NO_CARE_NEEDED = "Only a clinician may say that nobody has to go. Record whether the patient goes."


def check_step(last: EmergencyStep | None, step: EmergencyStep, *, by_clinician: bool) -> None:
    """Raise IllegalMove when this step does not follow, or is a clinician's to record."""
    if step not in NEXT[last]:
        raise IllegalMove("That does not follow from what was recorded last.")
    if step in CLINICIAN_ONLY and not by_clinician:
        raise IllegalMove("A clinician has to talk with somebody who refuses, and record it.")
    if not by_clinician and is_clinicians_end(last, step):
        raise IllegalMove(NO_CARE_NEEDED)


def is_clinicians_end(last: EmergencyStep | None, step: EmergencyStep) -> bool:
    """True of an end without an arrival: a clinician who spoke with the patient decides so."""
    return last is EmergencyStep.SPOKEN and step is EmergencyStep.OUTCOME_KNOWN


def due(last: EmergencyStep | None, first_at: datetime, last_at: datetime) -> datetime | None:
    """Give by when the next step has to be recorded; None when the loop is closed."""
    if last is EmergencyStep.OUTCOME_KNOWN:
        return None
    if last is EmergencyStep.NOT_REACHED:
        return last_at + TRIED_WITHIN / TRIES
    return first_at + KNOWN_WITHIN


def this_loop(steps: Sequence[S], step_of: Callable[[S], EmergencyStep], *, again: bool) -> list[S]:
    """Give the steps since the last outcome that is known; all of them, unless it began again."""
    ends = [n for n, each in enumerate(steps, 1) if step_of(each) is EmergencyStep.OUTCOME_KNOWN]
    if not ends or (ends[-1] == len(steps) and not again):
        return list(steps[ends[-2] :] if len(ends) > 1 else steps)
    return list(steps[ends[-1] :])


def reach_next(steps: Sequence[EmergencyStep]) -> Reach | None:
    """Give what comes next when the last step was that nobody was reached; else None."""
    missed = 0
    for step in reversed(steps):
        if step is not EmergencyStep.NOT_REACHED:
            break
        missed += 1
    if not missed:
        return None
    if missed < TRIES:
        return Reach.TRY_AGAIN
    if missed < TRIES + AFTER_TRIES:
        return Reach.EMERGENCY_CONTACT
    return Reach.WELFARE_CHECK if missed == TRIES + AFTER_TRIES else Reach.STILL_OPEN


def refusal_words(*, can_decide: bool, reason: str, plan: str, beside: str) -> str:
    """Put what a clinician learned of somebody who refuses into words that are kept."""
    decides = "yes" if can_decide else "no"
    lines = ("Can decide for themselves: " + decides, f"Reason: {reason}", f"Plan: {plan}")
    return "\n".join((*lines, f"With them: {beside}"))
