"""Reads content/rules/regenerative.yaml: the gate before a regenerative consult."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from clinic.errors import ContentFault
from clinic.library.conditions import ConditionReader, mappings, names, one_of
from clinic.library.faults import Fault
from clinic.library.laying import in_language
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.overlays import FIRST_LANGUAGE
from clinic.library.texts import text_of
from clinic.questionnaire.conditions import Named
from clinic.triage.regenerative import (
    GateFact,
    GateLevel,
    GateNote,
    GateResult,
    GateTable,
    Override,
)

REGENERATIVE = Path("rules") / "regenerative.yaml"

TABLE_KEYS = ("version", "status", "unfinished", "own", "levels", "ask_staff", "notes", "facts")
FACT_KEYS = (
    *("id", "level", "when", "staff", "about", "source"),
    *("reviewed_by", "reviewed_on", "review_by"),
)


def read_regenerative(content: Path, named: Mapping[str, Named]) -> GateTable:
    """Read the gate; `named` are the conditions of the red-flag rules. Raises ContentFault."""
    table, faults = check_regenerative(content, named)
    if table is None:
        raise ContentFault([str(fault) for fault in faults])
    return table


def check_regenerative(
    content: Path, named: Mapping[str, Named], language: str = FIRST_LANGUAGE
) -> tuple[GateTable | None, list[Fault]]:
    """Give the gate, or none and everything to mend in the file; words in a language."""
    path = content / REGENERATIVE
    faults: list[Fault] = []
    if not path.is_file():
        return None, [Fault(str(path), 1, "this file is missing: the gate needs it")]
    text = text_of(path)
    mapping = read_mapping(text, str(path), faults)
    if mapping is not None:
        mapping = in_language(content, language, REGENERATIVE, mapping)
    table = _table(Fields(mapping, str(path), faults), text, named) if mapping else None
    return (None if faults else table), faults


def _table(top: Fields, text: str, named: Mapping[str, Named]) -> GateTable | None:
    top.only(TABLE_KEYS)
    conditions = ConditionReader(named)
    levels = tuple(_level(part) for part in mappings(top, "levels"))
    if [level.result for level in levels] != list(GateResult):
        top.fault("levels", f"'levels' must be {', '.join(GateResult)}, in this order")
    facts = tuple(_fact(part, conditions) for part in mappings(top, "facts"))
    ids = [fact.id for fact in facts]
    for fact_id in sorted({each for each in ids if ids.count(each) > 1}):
        top.fault("facts", f"the fact {fact_id!r} stands twice: give one a new id")
    unfinished = top.one_of("unfinished", ids)
    if unfinished not in ids:
        return None
    return GateTable(
        version=top.text("version"),
        hash=hashlib.sha256(text.encode()).hexdigest(),
        levels=levels,
        facts=facts,
        unfinished=facts[ids.index(unfinished)],
        notes=tuple(_note(part, conditions) for part in mappings(top, "notes")),
        ask_staff=top.texts("ask_staff"),
        own=top.texts("own"),
    )


def _level(part: Fields) -> GateLevel:
    part.only(("id", "patient", "override", "blocks"))
    return GateLevel(
        result=one_of(part, "id", GateResult),
        patient=part.text("patient"),
        override=one_of(part, "override", Override),
        blocks=part.texts("blocks"),
    )


def _fact(part: Fields, conditions: ConditionReader) -> GateFact:
    part.only(FACT_KEYS)
    return GateFact(
        id=part.text("id"),
        level=one_of(part, "level", GateResult),
        when=conditions.when(part),
        staff=part.text("staff"),
        source=names(part, "source"),
        about=part.text("about"),
        reviewed_by=part.text_or_none("reviewed_by"),
        reviewed_on=part.date_or_none("reviewed_on"),
        review_by=part.date("review_by"),
    )


def _note(part: Fields, conditions: ConditionReader) -> GateNote:
    part.only(("id", "when", "staff"))
    return GateNote(part.text("id"), conditions.when(part), part.text("staff"))
