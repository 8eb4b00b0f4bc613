"""The scores in words: number, range, direction, band, and the change since an earlier intake."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from clinic.summary.given import EarlierScores, TypedByStaff
from clinic.summary.lines import SummaryPlan
from clinic.summary.model import BandMark, ChangeWords, PartWords, ScoreWords
from clinic.summary.words import long_date, word
from clinic.triage.progress import Change, change
from clinic.triage.score import Band, BandKind, Score, ScoreTable

VERDICT = {True: "meaningful", False: "too_small", None: "no_limit"}
"""What both tests say together: a change is meaningful if either is met."""


def score_words(
    scores: Sequence[Score],
    table: ScoreTable,
    plan: SummaryPlan,
    *,
    typed: Sequence[TypedByStaff],
    earlier: Sequence[EarlierScores],
    language: str,
) -> tuple[ScoreWords, ...]:
    """Give every score of the answers, then the totals that staff typed.

    `earlier` is newest first: each score is compared with the newest one that was scored; a
    typed total only with one of a day before its own.
    """
    teller = _Teller(table, plan, tuple(earlier), language)
    found = [teller.words(score) for score in scores]
    for total in typed:
        by = word("typed", language).format(name=total.by, day=long_date(total.on, language))
        found.append(teller.words(total.score, by, total.on))
    return tuple(found)


class _Teller:
    """Tells scores in one language, with what stands beside them."""

    def __init__(
        self,
        table: ScoreTable,
        plan: SummaryPlan,
        earlier: tuple[EarlierScores, ...],
        language: str,
    ) -> None:
        self.table = table
        self.plan = plan
        self.earlier = earlier
        self.language = language

    def words(self, score: Score, typed: str = "", on: date | None = None) -> ScoreWords:
        """Give one score in words; `on` is the day of a total that staff typed."""
        definition = self.table.definition(score.id)
        bands = definition.bands
        return ScoreWords(
            id=score.id,
            name=score.name,
            short=self.plan.scores.get(score.id, score.name),
            value=(score.text or score.band) if score.scored else None,
            lowest="" if score.lowest is None else str(score.lowest),
            highest="" if score.highest is None else str(score.highest),
            range=self._range(score),
            higher_is=score.higher_is.value if score.higher_is else "",
            direction=self._direction(score),
            band=score.band,
            band_kind=definition.band_kind.value,
            band_words=self._band(score),
            bands=tuple(BandMark(f"{band.least:f}", band.label) for band in bands),
            share=_share(score, score.exact),
            marks=tuple(_marks(score, bands)),
            reason=score.reason,
            counted=self._counted(score),
            notes=score.notes,
            beside=", ".join(score.beside),
            parts=tuple(PartWords(part.name, f"{part.value:f}") for part in score.parts),
            change=self._change(score, on),
            sources=tuple(dict.fromkeys(self.plan.citation(key) for key in score.source)),
            keys=score.keys,
            typed=typed,
        )

    def _said(self, name: str, **values: str) -> str:
        return word(name, self.language).format(**values)

    def _range(self, score: Score) -> str:
        if score.lowest is None or score.highest is None:
            return ""
        return self._said("range", lowest=str(score.lowest), highest=str(score.highest))

    def _direction(self, score: Score) -> str:
        return self._said(f"higher_{score.higher_is.value}") if score.higher_is else ""

    def _band(self, score: Score) -> str:
        if not score.band or score.lowest is None or score.band_kind is BandKind.NONE:
            return ""
        kind = self._said(f"band_{score.band_kind.value}")
        return f"{score.band} ({', '.join((kind, *score.beside))})"

    def _counted(self, score: Score) -> str:
        if score.counted is None or score.of is None:
            return ""
        if score.parts and score.counted == score.of:
            name = "activity" if score.counted == 1 else "activities"
            return self._said(name, counted=str(score.counted))
        if score.counted == score.of:
            return ""
        return self._said("counted", counted=str(score.counted), of=str(score.of))

    def _change(self, score: Score, on: date | None) -> ChangeWords | None:
        for intake in (each for each in self.earlier if on is None or each.on < on):
            for before in intake.scores:
                if before.id == score.id and (moved := change(self.table, before, score)):
                    return self._moved(moved, long_date(intake.on, self.language))
        return None

    def _moved(self, moved: Change, since: str) -> ChangeWords:
        difference = f"{abs(moved.difference):f}"
        short = self._short(moved, difference, since)
        percent = "" if moved.percent is None else f"{moved.percent:f}%"
        tests = [
            self._said("was_now", before=f"{moved.before:f}", now=f"{moved.now:f}"),
            *self._points_test(moved),
            *self._percent_test(moved, percent),
        ]
        tests.append(self._said(VERDICT[moved.meaningful]) if moved.difference else "")
        return ChangeWords(
            since=since,
            before=f"{moved.before:f}",
            now=f"{moved.now:f}",
            difference=difference,
            direction=moved.direction,
            percent=percent,
            meets_points=moved.meets_points,
            meets_percent=moved.meets_percent,
            meaningful=moved.meaningful,
            text=" ".join(filter(None, [f"{short}.", *tests])),
            short=short,
        )

    def _short(self, moved: Change, difference: str, since: str) -> str:
        if not moved.difference:
            return self._said("unchanged", since=since)
        return self._said(f"moved_{moved.direction}", difference=difference, since=since)

    def _points_test(self, moved: Change) -> Iterator[str]:
        if moved.meets_points is not None and moved.points_limit is not None:
            met = self._said("met" if moved.meets_points else "not_met")
            yield self._said("points_test", limit=_plain(moved.points_limit), met=met)

    def _percent_test(self, moved: Change, percent: str) -> Iterator[str]:
        if moved.percent_limit is None:
            return
        limit = _plain(moved.percent_limit)
        if moved.meets_percent is None:
            yield self._said("no_percent", limit=limit)
            return
        met = self._said("met" if moved.meets_percent else "not_met")
        yield self._said("percent_test", percent=percent, limit=limit, met=met)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _marks(score: Score, bands: tuple[Band, ...]) -> Iterator[float]:
    """Where each band after the first begins, between the ends of the range."""
    for band in bands[1:]:
        share = _share(score, Fraction(band.least))
        if share is not None:
            yield share


def _share(score: Score, exact: Fraction | None) -> float | None:
    if exact is None or score.lowest is None or score.highest is None:
        return None
    return float((exact - score.lowest) / (score.highest - score.lowest))
