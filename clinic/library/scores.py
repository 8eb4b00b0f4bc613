"""Reads content/rules/scores.yaml: how each score is made, its bands and its limits."""

import hashlib
from decimal import Decimal, InvalidOperation
from pathlib import Path

from clinic.errors import ContentFault
from clinic.library.conditions import ConditionReader, mappings, names, one_of
from clinic.library.faults import Fault
from clinic.library.laying import in_language
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.overlays import FIRST_LANGUAGE
from clinic.library.texts import text_of
from clinic.triage.score import (
    Band,
    BandKind,
    Direction,
    Labelled,
    Limits,
    Method,
    ScoreDefinition,
    ScoreTable,
    TypedPart,
    TypedTotal,
)

SCORES = Path("rules") / "scores.yaml"

REVIEW_KEYS = ("about", "source", "reviewed_by", "reviewed_on", "review_by")
SCORE_KEYS = (
    *("id", "name", "method", "questions", "judged_with", "spare", "lowest", "highest"),
    *("decimals", "higher_is", "band_kind", "bands", "classes", "notes", "change", "code"),
    *REVIEW_KEYS,
)
TYPED_KEYS = (
    *("id", "name", "parts", "higher_is", "band_kind", "bands", "classes", "change", "licence"),
    *REVIEW_KEYS,
)
LOWEST = -1000
HIGHEST_WITHOUT_POINT = 6


def read_scores(content: Path) -> ScoreTable:
    """Read the scores of a content folder. Raises ContentFault with every fault."""
    table, faults = check_scores(content)
    if table is None:
        raise ContentFault([str(fault) for fault in faults])
    return table


def check_scores(
    content: Path, language: str = FIRST_LANGUAGE
) -> tuple[ScoreTable | None, list[Fault]]:
    """Give the scores, or none and everything to mend in the file; words in a language."""
    path = content / SCORES
    faults: list[Fault] = []
    if not path.is_file():
        return None, [Fault(str(path), 1, "this file is missing: no scale can be scored")]
    text = text_of(path)
    mapping = read_mapping(text, str(path), faults)
    if mapping is not None:
        mapping = in_language(content, language, SCORES, mapping)
    table = _table(Fields(mapping, str(path), faults), text) if mapping is not None else None
    return (None if faults else table), faults


def _table(top: Fields, text: str) -> ScoreTable:
    top.only(("version", "status", "conditions", "scores", "typed_totals"))
    conditions = ConditionReader()
    conditions.learn(top)
    table = ScoreTable(
        version=top.text("version"),
        hash=hashlib.sha256(text.encode()).hexdigest(),
        scores=tuple(_score(part, conditions) for part in mappings(top, "scores")),
        typed=tuple(_typed(part, conditions) for part in mappings(top, "typed_totals")),
    )
    ids = [score.id for score in table.scores] + [total.id for total in table.typed]
    for score_id in sorted({each for each in ids if ids.count(each) > 1}):
        top.fault("scores", f"the score {score_id!r} stands twice: give one a new id")
    return table


def _score(part: Fields, conditions: ConditionReader) -> ScoreDefinition:
    part.only(SCORE_KEYS)
    has_direction = part.value("higher_is") is not None
    return ScoreDefinition(
        id=part.text("id"),
        name=part.text("name"),
        method=one_of(part, "method", Method),
        questions=part.texts("questions"),
        judged_with=part.texts("judged_with", required=False),
        spare=_number(part, "spare"),
        lowest=part.number_or_none("lowest", least=LOWEST),
        highest=part.number_or_none("highest", least=LOWEST),
        decimals=_number(part, "decimals"),
        higher_is=one_of(part, "higher_is", Direction) if has_direction else None,
        band_kind=_band_kind(part),
        bands=_bands(part),
        classes=_labelled(part, "classes", conditions),
        notes=_labelled(part, "notes", conditions),
        limits=_limits(part),
        loinc=part.text_or_none("code", required=False) or "",
        source=names(part, "source"),
        about=part.text("about"),
        reviewed_by=part.text_or_none("reviewed_by"),
        reviewed_on=part.date_or_none("reviewed_on"),
        review_by=part.date("review_by"),
    )


def _typed(part: Fields, conditions: ConditionReader) -> TypedTotal:
    part.only(TYPED_KEYS)
    return TypedTotal(
        id=part.text("id"),
        name=part.text("name"),
        parts=tuple(_part(each) for each in mappings(part, "parts")),
        higher_is=one_of(part, "higher_is", Direction),
        band_kind=_band_kind(part),
        bands=_bands(part),
        classes=_labelled(part, "classes", conditions),
        limits=_limits(part),
        licence=part.text("licence"),
        source=names(part, "source"),
        about=part.text("about"),
        reviewed_by=part.text_or_none("reviewed_by"),
        reviewed_on=part.date_or_none("reviewed_on"),
        review_by=part.date("review_by"),
    )


def _part(part: Fields) -> TypedPart:
    part.only(("id", "name", "lowest", "highest", "decimals"))
    name, lowest, highest = part.text("name"), part.number("lowest"), part.number("highest")
    return TypedPart(part.text("id"), name, lowest, highest, _number(part, "decimals"))


def _band_kind(part: Fields) -> BandKind:
    if part.value("band_kind", required=False) is None:
        return BandKind.NONE
    return one_of(part, "band_kind", BandKind)


def _bands(part: Fields) -> tuple[Band, ...]:
    found = []
    for each in mappings(part, "bands", required=False):
        each.only(("least", "label"))
        found.append(Band(_decimal(each, "least") or Decimal(0), each.text("label")))
    if [band.least for band in found] != sorted({band.least for band in found}):
        part.fault("bands", "'bands' must rise from one to the next")
    return tuple(found)


def _labelled(part: Fields, key: str, conditions: ConditionReader) -> tuple[Labelled, ...]:
    found = []
    for each in mappings(part, key, required=False):
        each.only(("label", "when", "beside"))
        beside = each.text_or_none("beside", required=False) or ""
        found.append(Labelled(each.text("label"), conditions.when(each), beside))
    return tuple(found)


def _limits(part: Fields) -> Limits:
    if part.value("change", required=False) is None:
        return Limits()
    inner = part.fields("change")
    if inner is None:
        return Limits()
    inner.only(("points", "percent", "points_of_one", "source"))
    return Limits(
        points=_decimal(inner, "points"),
        percent=_decimal(inner, "percent"),
        points_of_one=_decimal(inner, "points_of_one"),
        source=names(inner, "source"),
    )


def _number(part: Fields, key: str) -> int:
    """Read a small whole number that may be left out."""
    return part.number(key, most=HIGHEST_WITHOUT_POINT) if key in part.mapping else 0


def _decimal(part: Fields, key: str) -> Decimal | None:
    """Read a number that may be left out: a whole one, or one with a point in quotes."""
    value = part.value(key, required=False)
    if value is None:
        return None
    try:
        return Decimal(str(value)) if isinstance(value, int | str) else Decimal("x")
    except InvalidOperation:
        part.fault(key, f'{key!r} must be a whole number, or one in quotes such as "7.5"')
        return None
