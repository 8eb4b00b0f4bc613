"""How each score went over several intakes of the same confirmed person, ready to be drawn."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from string import ascii_uppercase

from clinic.summary.given import EarlierScores
from clinic.summary.lines import SummaryPlan
from clinic.summary.model import ScoreWords
from clinic.summary.scores import score_words
from clinic.summary.words import long_date
from clinic.triage.score import Limits, ScoreTable


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """One measurement: its day, where it lies on both axes (0 to 1), and how it had moved.

    `marked`: it moved by more than the published threshold since the one before.
    """

    on: str
    across: float
    value: str
    share: float
    band: str
    change: str
    marked: bool


@dataclass(frozen=True, slots=True)
class TrendBand:
    """A band of the scale by its label, from `low` to `high` (0 to 1)."""

    label: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TrendMark:
    """A treatment between the first and the last day: its letter, where it lies, day and words."""

    letter: str
    across: float
    on: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One measure over time on its full scale. `missing` are the days when it was not scored."""

    id: str
    name: str
    lowest: str
    highest: str
    direction: str
    bands: tuple[TrendBand, ...]
    band_kind: str
    points: tuple[TrendPoint, ...]
    marks: tuple[TrendMark, ...]
    missing: tuple[str, ...]
    threshold: str
    text: str


def trends(
    measured: Sequence[EarlierScores],
    table: ScoreTable,
    plan: SummaryPlan,
    treatments: Iterable[tuple[date, str]] = (),
) -> tuple[Trend, ...]:
    """Give the measures that were scored, each with all its days on the same time axis.

    `measured` is oldest first; `treatments` are days in between and what was done on each. A
    class without a number has no axis to be drawn on.
    """
    told = [_words(measured, place, table, plan) for place in range(len(measured))]
    across = _across([each.on for each in measured])
    marks = _marks([each.on for each in measured], treatments)
    names = dict.fromkeys(score.id for scores in told for score in scores)
    found = []
    for score_id in names:
        rows = [
            (each.on, across[place], score)
            for place, each in enumerate(measured)
            for score in told[place]
            if score.id == score_id
        ]
        if any(score.share is not None for _, _, score in rows):
            found.append(_trend(rows, table, plan, marks))
    return tuple(found)


def _words(
    measured: Sequence[EarlierScores], place: int, table: ScoreTable, plan: SummaryPlan
) -> tuple[ScoreWords, ...]:
    """The scores of one day, each compared with the newest one before it."""
    before = tuple(reversed(measured[:place]))
    return score_words(measured[place].scores, table, plan, typed=(), earlier=before, language="en")


def _across(days: Sequence[date]) -> list[float]:
    """Where each day lies between the first and the last; side by side when all are one day."""
    if not days:
        return []
    span = (days[-1] - days[0]).days
    if span:
        return [(day - days[0]).days / span for day in days]
    return [place / max(1, len(days) - 1) for place in range(len(days))]


def _marks(days: Sequence[date], treatments: Iterable[tuple[date, str]]) -> tuple[TrendMark, ...]:
    """Give the treatments that lie within the time axis, oldest first, lettered A, B, C."""
    if not days or days[0] == days[-1]:
        return ()
    first, span = days[0], (days[-1] - days[0]).days
    within = sorted((day, words) for day, words in treatments if first <= day <= days[-1])
    return tuple(
        TrendMark(letter, (day - first).days / span, long_date(day, "en"), words)
        for letter, (day, words) in zip(ascii_uppercase, within, strict=False)
    )


def _trend(
    rows: Sequence[tuple[date, float, ScoreWords]],
    table: ScoreTable,
    plan: SummaryPlan,
    marks: tuple[TrendMark, ...],
) -> Trend:
    points = tuple(
        _point(day, across, score) for day, across, score in rows if score.share is not None
    )
    shown = next(score for _, _, score in rows if score.share is not None)
    path = ", then ".join(f"{point.value} on {point.on}" for point in points)
    return Trend(
        id=shown.id,
        name=shown.name,
        lowest=shown.lowest,
        highest=shown.highest,
        direction=shown.direction,
        bands=_bands(shown),
        band_kind=shown.band_kind,
        points=points,
        marks=marks,
        missing=tuple(long_date(day, "en") for day, _, score in rows if score.share is None),
        threshold=_threshold(table.definition(shown.id).limits, plan),
        text=f"{shown.name}, {shown.range}, {shown.direction}: {path}.",
    )


def _point(day: date, across: float, score: ScoreWords) -> TrendPoint:
    change = score.change
    return TrendPoint(
        on=long_date(day, "en"),
        across=across,
        value=score.value or "",
        share=score.share or 0.0,
        band=score.band_words,
        change=change.short if change else "",
        marked=bool(change and change.meaningful),
    )


def _bands(score: ScoreWords) -> tuple[TrendBand, ...]:
    if score.band_kind == "none" or not score.bands:
        return ()
    edges = [0.0, *score.marks, 1.0]
    labels = [band.label for band in score.bands]
    if len(edges) != len(labels) + 1:
        return ()
    return tuple(map(TrendBand, labels, edges, edges[1:]))


def _threshold(limits: Limits, plan: SummaryPlan) -> str:
    """Say which change matters, and who published that."""
    tests = []
    if limits.points is not None:
        alone = limits.points_of_one
        beside = f" ({alone.normalize():f} for one activity)" if alone is not None else ""
        tests.append(f"{limits.points.normalize():f} {_points(limits.points)}{beside}")
    if limits.percent is not None:
        tests.append(f"{limits.percent.normalize():f}%")
    if not tests:
        return "No published threshold for change."
    sources = "; ".join(dict.fromkeys(plan.citation(key) for key in limits.source))
    return f"A change of {' or '.join(tests)} matters{f' ({sources})' if sources else ''}."


def _points(number: Decimal) -> str:
    return "point" if number == 1 else "points"
