"""Reads content/summary/*.yaml: which question feeds which line of a summary."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from clinic.errors import ContentFault
from clinic.library.faults import Fault
from clinic.library.laying import in_language
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.marked_yaml import LinedList, LinedMap
from clinic.library.overlays import FIRST_LANGUAGE
from clinic.library.sources import Source, read_sources
from clinic.library.texts import text_of
from clinic.marked import marked
from clinic.summary.lines import (
    EMPTY_PLAN,
    NO_CODES,
    LinePlan,
    PartPlan,
    SafetyGroupPlan,
    SafetyPlan,
    SectionPlan,
    SummaryPlan,
)

FOLDER = "summary"
OWN_WORDS = {
    "project-decision": marked("project decision"),
    "from-memory": marked("general knowledge"),
    "source-article": marked("the article that this app grew from"),
}
"""Short words of our own for a source; a reader's language is put in where they are shown."""
PERSON = ("name", "birth_date", "sex", "phone", "language", "answered_by")
KEYS = ("questionnaire", "review", "person", "sections", "safety", "scores", "stretches", "flags")


def read_summary_plan(
    content: Path, questionnaire: str = "low-back-intake", language: str = FIRST_LANGUAGE
) -> SummaryPlan:
    """Read the plan for a questionnaire in a language; an empty one when it has none.

    Raises ContentFault.
    """
    path = content / FOLDER / f"{questionnaire}.yaml"
    if not path.is_file():
        return EMPTY_PLAN
    faults: list[Fault] = []
    mapping = read_mapping(text_of(path), str(path), faults)
    if mapping is not None:
        file = Path(FOLDER) / path.name
        mapping = in_language(content, language, file, mapping)
    plan = _plan(Fields(mapping, str(path), faults)) if mapping is not None else None
    if faults or plan is None:
        raise ContentFault([str(fault) for fault in faults])
    return replace(plan, citations=_citations(content))


def _citations(content: Path) -> dict[str, str]:
    return {key: _citation(source) for key, source in read_sources(content).by_key.items()}


def _plan(top: Fields) -> SummaryPlan:
    top.only(KEYS)
    top.text("questionnaire")
    _review(top)
    return SummaryPlan(
        person=_person(top),
        sections=tuple(_section(part) for part in _mappings(top, "sections")),
        safety=tuple(_safety_group(part) for part in _mappings(top, "safety")),
        flags=_named(top, "flags"),
        scores=_named(top, "scores"),
        stretches=_named(top, "stretches"),
    )


def _review(top: Fields) -> None:
    review = top.fields("review")
    if review is not None:
        review.only(("status", "reviewed_by", "reviewed_on", "review_by"))
        review.text("status")
        review.text_or_none("reviewed_by")
        review.date_or_none("reviewed_on")
        review.date("review_by")


def _person(top: Fields) -> dict[str, tuple[str, ...]]:
    part = top.fields("person")
    if part is None:
        return {}
    part.only(PERSON)
    return {name: part.texts(name) for name in PERSON}


def _named(top: Fields, key: str) -> dict[str, str]:
    part = top.fields(key)
    return {str(each): part.text(str(each)) for each in part.mapping} if part else {}


def _citation(source: Source) -> str:
    """Who said it, and when: enough to find it in the list of sources."""
    if source.key in OWN_WORDS:
        return OWN_WORDS[source.key]
    who = source.by.partition(",")[0].partition(";")[0]
    return f"{who} {source.year}" if source.year else who


def _section(part: Fields) -> SectionPlan:
    part.only(("id", "title", "lines"))
    lines = tuple(_line(line) for line in _mappings(part, "lines"))
    return SectionPlan(part.text("id"), part.text("title"), lines)


def _line(part: Fields) -> LinePlan:
    part.only(("id", "label", "lead", "quote", "parts"))
    parts = tuple(_part(each) for each in _mappings(part, "parts"))
    lead, quote = _yes(part, "lead"), _yes(part, "quote")
    return LinePlan(part.text("id"), part.text("label"), parts, lead, quote)


def _part(part: Fields) -> PartPlan:
    part.only(("question", "say", "hide", "also"))
    say = part.text_or_none("say", required=False) or "{}"
    if say.count("{}") != 1:
        part.fault("say", "'say' must hold {} once, for the answer")
        say = "{}"
    hide = frozenset(part.texts("hide", required=False))
    return PartPlan(part.text("question"), say, hide, part.texts("also", required=False))


def _safety_group(part: Fields) -> SafetyGroupPlan:
    part.only(("id", "title", "questions"))
    questions = tuple(_safety(each) for each in _mappings(part, "questions"))
    return SafetyGroupPlan(part.text("id"), part.text("title"), questions)


def _safety(part: Fields) -> SafetyPlan:
    part.only(("question", "short", "then", "no"))
    no = frozenset(part.texts("no", required=False)) or NO_CODES
    then = part.texts("then", required=False)
    return SafetyPlan(part.text("question"), part.text("short"), then, no)


def _yes(part: Fields, key: str) -> bool:
    value = part.value(key, required=False)
    if value is not None and not isinstance(value, bool):
        part.fault(key, f"{key!r} must be true or false")
    return value is True


def _mappings(part: Fields, key: str) -> Collection[Fields]:
    value = part.value(key)
    if isinstance(value, LinedList) and all(isinstance(each, LinedMap) for each in value):
        return [Fields(each, part.path, part.faults, part.first_line) for each in value]
    if key in part.mapping:
        part.fault(key, f"{key!r} must be a list of entries")
    return []
