"""The totals of licensed instruments: staff type them in, and no item of them stands here."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from clinic.questionnaire.conditions import Kind, Known, Silence, Truth, evaluate
from clinic.triage.score import (
    Score,
    ScoreTable,
    TypedPart,
    TypedTotal,
    Unscored,
    band_of,
    rounded,
)

ENTER_A_RANGE = "Enter {lowest} to {highest} for {name}."
ENTER_DIGITS = "Use at most {decimals} digits after the point for {name}."
PART_ABOVE_TOTAL = "{part} cannot be more than {total}."
PART_TOO_LOW = "With a {total} of {number}, {part} is {least} or more."


def typed_score(table: ScoreTable, total_id: str, typed: Mapping[str, Decimal]) -> Score:
    """Give the score of a licensed total that staff typed, or the reason why it is none.

    `typed` holds a number for each part by its id. Raises KeyError for an unknown total.
    """
    total = next(each for each in table.typed if each.id == total_id)
    first = total.parts[0]
    blank = Score(
        id=total.id,
        name=total.name,
        lowest=first.lowest,
        highest=first.highest,
        higher_is=total.higher_is,
        source=total.source,
    )
    problems = list(typed_problems(total, typed))
    if problems:
        missing = first.id not in typed
        why = Unscored.MISSING if missing else Unscored.REJECTED
        return replace(blank, unscored=why, reason=" ".join(problems))
    exact = Fraction(typed[first.id])
    shown = rounded(exact, 0 if exact.denominator == 1 else first.decimals)
    band = band_of(total.bands, exact) or _class_of(total, typed)
    return replace(
        blank,
        value=int(shown) if exact.denominator == 1 else shown,
        exact=exact,
        text=f"{shown:f}",
        band=band,
        band_kind=total.band_kind if band else blank.band_kind,
    )


def typed_problems(total: TypedTotal, typed: Mapping[str, Decimal]) -> Iterator[str]:
    """Everything to mend in what staff typed for a licensed total."""
    for part in total.parts:
        number = typed.get(part.id)
        if number is not None or part.required:
            yield from _part_problems(part, number)
    first = total.parts[0]
    for part in total.parts[1:]:
        if first.id in typed and part.id in typed:
            yield from _misfits(first, typed[first.id], part, typed[part.id])


def _misfits(first: TypedPart, whole: Decimal, part: TypedPart, number: Decimal) -> Iterator[str]:
    """A part that cannot belong to its total: above it, or too low for the rest to make it up."""
    least = whole - (first.highest - part.highest)
    if number > whole:
        yield PART_ABOVE_TOTAL.format(part=part.name, total=first.name)
    elif number < least:
        yield PART_TOO_LOW.format(total=first.name, number=whole, part=part.name, least=least)


def _part_problems(part: TypedPart, number: Decimal | None) -> Iterator[str]:
    if number is None or not number.is_finite() or not part.lowest <= number <= part.highest:
        yield ENTER_A_RANGE.format(lowest=part.lowest, highest=part.highest, name=part.name)
    elif number != round(number, part.decimals):
        yield ENTER_DIGITS.format(decimals=part.decimals, name=part.name)


class _Typed:
    """The typed parts as facts, by `score: <id>` and `score: <id>-<part>`."""

    def __init__(self, total: TypedTotal, typed: Mapping[str, Decimal]) -> None:
        self.values = {f"{total.id}-{part}": number for part, number in typed.items()}
        self.values[total.id] = typed[total.parts[0].id]

    def known(self, kind: Kind, name: str) -> Known:
        """Give a typed number."""
        value = self.values.get(name) if kind is Kind.SCORE else None
        return Silence.BLANK if value is None else (value,)


def _class_of(total: TypedTotal, typed: Mapping[str, Decimal]) -> str:
    facts = _Typed(total, typed)
    met = (each.label for each in total.classes if evaluate(each.when, facts) is Truth.TRUE)
    return next(met, "")
