"""What staff and earlier intakes add to a summary, as values handed in by the caller."""

from dataclasses import dataclass
from datetime import date, datetime

from clinic.triage.rules import Urgency
from clinic.triage.score import Score


@dataclass(frozen=True, slots=True)
class TypedByStaff:
    """The total of a licensed instrument, the day that it is of, and who typed it in."""

    score: Score
    on: date
    by: str


@dataclass(frozen=True, slots=True)
class EarlierScores:
    """The scores of an earlier intake of the same confirmed patient, and its day."""

    on: date
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class AddedLater:
    """What the patient added once the answers were sent, in their own words, and when."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LevelSet:
    """A level that a clinician set in place of the one of the rules.

    `settled` is true when a call that came after it has settled what it asked for.
    """

    computed: Urgency
    level: Urgency
    reason: str
    by: str
    at: datetime
    settled: bool = False

    @property
    def open_level(self) -> Urgency | None:
        """The level, while nothing has settled it."""
        return None if self.settled else self.level
