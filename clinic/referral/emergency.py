"""The small loop of an emergency: advised, arrived, and the outcome known within a day.

Source: referral.md, section 4. It never waits for a letter or a signature.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from clinic.errors import IllegalMove

KNOWN_WITHIN = timedelta(hours=24)
TRIES = 3
TRIED_WITHIN = timedelta(minutes=15)


class EmergencyStep(StrEnum):
    """Where somebody stands who was told to get help at once."""

    ADVISED = "advised"
    NOT_REACHED = "not_reached"
    ARRIVED = "arrived"
    REFUSED = "refused"
    OUTCOME_KNOWN = "outcome_known"


NEXT: Mapping[EmergencyStep | None, frozenset[EmergencyStep]] = {
    None: frozenset({EmergencyStep.ADVISED, EmergencyStep.NOT_REACHED}),
    EmergencyStep.NOT_REACHED: frozenset(
        {EmergencyStep.NOT_REACHED, EmergencyStep.ADVISED, EmergencyStep.ARRIVED}
    ),
    EmergencyStep.ADVISED: frozenset(
        {EmergencyStep.ARRIVED, EmergencyStep.REFUSED, EmergencyStep.NOT_REACHED}
    ),
    EmergencyStep.REFUSED: frozenset({EmergencyStep.ARRIVED, EmergencyStep.OUTCOME_KNOWN}),
    EmergencyStep.ARRIVED: frozenset({EmergencyStep.OUTCOME_KNOWN}),
    EmergencyStep.OUTCOME_KNOWN: frozenset(),
}
CLINICIAN_ONLY = frozenset({EmergencyStep.REFUSED})
"""A clinician talks with somebody who refuses: can decide, why, the plan, who is with them."""


def check_step(last: EmergencyStep | None, step: EmergencyStep, *, by_clinician: bool) -> None:
    """Raise IllegalMove when this step does not follow, or is a clinician's to record."""
    if step not in NEXT[last]:
        raise IllegalMove("That does not follow from what was recorded last.")
    if step in CLINICIAN_ONLY and not by_clinician:
        raise IllegalMove("A clinician has to talk with somebody who refuses, and record it.")


def due(last: EmergencyStep | None, first_at: datetime, last_at: datetime) -> datetime | None:
    """Give by when the next step has to be recorded; None when the loop is closed."""
    if last is EmergencyStep.OUTCOME_KNOWN:
        return None
    if last is EmergencyStep.NOT_REACHED:
        return last_at + TRIED_WITHIN / TRIES
    return first_at + KNOWN_WITHIN
