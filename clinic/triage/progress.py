"""The change between two scores of one patient: by points, by percent, and in which direction."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from clinic.triage.score import Direction, Limits, Score, ScoreTable, rounded

NO_CHANGE = "No change."
CHANGED = "{direction} by {points}{percent}."
BOTH = " Both tests call that meaningful."
BY_POINTS = " Meaningful by points, not by percent."
BY_PERCENT = " Meaningful by percent, not by points."
SMALL = " Too small to be sure that it is real."


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How a score moved. Percent needs a first score above 0; a test without a limit is None.

    `difference` keeps its sign; `direction` says what it means. `meaningful` is true if
    either test is met, and None where the scale has no known limit.
    """

    id: str
    before: Decimal
    now: Decimal
    difference: Decimal
    percent: Decimal | None
    direction: str
    meets_points: bool | None
    meets_percent: bool | None
    points_limit: Decimal | None = None
    percent_limit: Decimal | None = None
    source: tuple[str, ...] = ()

    @property
    def meaningful(self) -> bool | None:
        """True if either test is met; None when there is no test."""
        tests = [test for test in (self.meets_points, self.meets_percent) if test is not None]
        return any(tests) if tests else None

    @property
    def text(self) -> str:
        """One sentence or two for staff."""
        if not self.difference and self.direction == "same":
            return NO_CHANGE
        percent = "" if self.percent is None else f" ({self.percent:f}%)"
        words = self.direction.capitalize()
        said = CHANGED.format(direction=words, points=f"{abs(self.difference):f}", percent=percent)
        return said + self._verdict()

    def _verdict(self) -> str:
        match (self.meets_points, self.meets_percent):
            case (None, None):
                return ""
            case (True, True):
                return BOTH
            case (True, False):
                return BY_POINTS
            case (False, True):
                return BY_PERCENT
            case _:
                return " Meaningful." if self.meaningful else SMALL


def change(table: ScoreTable, before: Score, now: Score) -> Change | None:
    """Compare two scores of the same kind; None when they cannot be compared.

    Of activities only those are compared that were rated both times.
    """
    if before.id != now.id or before.exact is None or now.exact is None:
        return None
    limits = table.definition(now.id).limits
    first, last, points = before.exact, now.exact, limits.points
    if before.parts or now.parts:
        shared = _shared(before, now)
        if not shared:
            return None
        first = sum((pair[0] for pair in shared), Fraction(0)) / len(shared)
        last = sum((pair[1] for pair in shared), Fraction(0)) / len(shared)
        points = limits.points_of_one if len(shared) == 1 else limits.points
    return _change(now, first, last, Limits(points, limits.percent, source=limits.source))


def _shared(before: Score, now: Score) -> list[tuple[Fraction, Fraction]]:
    old = {_plain(part.name): Fraction(part.value) for part in before.parts}
    new = {_plain(part.name): Fraction(part.value) for part in now.parts}
    return [(old[name], new[name]) for name in old if name in new]


def _plain(name: str) -> str:
    """What was typed, whatever its capitals, blanks and last stop."""
    return " ".join(name.casefold().split()).rstrip(".")


def _change(score: Score, first: Fraction, last: Fraction, limits: Limits) -> Change:
    moved = last - first
    share = abs(moved) / first * 100 if first > 0 else None
    percent = limits.percent
    digits = 0 if isinstance(score.value, int) else 1
    return Change(
        id=score.id,
        before=rounded(first, digits),
        now=rounded(last, digits),
        difference=rounded(moved, digits),
        percent=None if share is None else rounded(share, 1),
        direction=_direction(score, moved),
        meets_points=None if limits.points is None else abs(moved) >= Fraction(limits.points),
        meets_percent=None if share is None or percent is None else share >= Fraction(percent),
        points_limit=limits.points,
        percent_limit=percent,
        source=limits.source,
    )


def _direction(score: Score, moved: Fraction) -> str:
    if moved == 0 or score.higher_is is None:
        return "same"
    is_better = (moved > 0) is (score.higher_is is Direction.BETTER)
    return "better" if is_better else "worse"
