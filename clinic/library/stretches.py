"""Reads content/rules/stretches.yaml: the decision table of the stretches."""

import hashlib
from pathlib import Path

from clinic.errors import ContentFault
from clinic.library.conditions import ConditionReader, mappings, names, one_of
from clinic.library.faults import Fault
from clinic.library.laying import in_language
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.overlays import FIRST_LANGUAGE
from clinic.library.texts import text_of
from clinic.triage.rules import QuietRule
from clinic.triage.stretches import (
    LONGEST_HOLD_SECONDS,
    Because,
    Effect,
    Hold,
    StretchForms,
    StretchRule,
    StretchTable,
    Verdict,
)

STRETCHES = Path("rules") / "stretches.yaml"

TABLE_KEYS = (
    *("version", "status", "unfinished", "stretches", "none_now", "walk"),
    *("changes_nothing", "conditions", "rules"),
)
RULE_KEYS = (
    *("id", "when", "staff", "about", "because", "source"),
    *("reviewed_by", "reviewed_on", "review_by"),
)


def read_stretches(content: Path) -> StretchTable:
    """Read the stretch advice of a content folder. Raises ContentFault with every fault."""
    table, faults = check_stretches(content)
    if table is None:
        raise ContentFault([str(fault) for fault in faults])
    return table


def check_stretches(
    content: Path, language: str = FIRST_LANGUAGE
) -> tuple[StretchTable | None, list[Fault]]:
    """Give the decision table, or none and everything to mend in the file; words in a language."""
    path = content / STRETCHES
    faults: list[Fault] = []
    if not path.is_file():
        return None, [Fault(str(path), 1, "this file is missing: no stretch can be advised")]
    text = text_of(path)
    mapping = read_mapping(text, str(path), faults)
    if mapping is not None:
        mapping = in_language(content, language, STRETCHES, mapping)
    table = _Reader(Fields(mapping, str(path), faults)).table(text) if mapping else None
    return (None if faults else table), faults


class _Reader:
    """Reads one file; what is wrong joins its faults."""

    def __init__(self, top: Fields) -> None:
        self.top = top
        self.conditions = ConditionReader()
        self.forms: dict[str, StretchForms] = {}

    def table(self, text: str) -> StretchTable | None:
        """Read the whole file."""
        top = self.top
        top.only(TABLE_KEYS)
        self.conditions.learn(top)
        self.forms = {form.id: form for form in map(_forms, mappings(top, "stretches"))}
        rules = tuple(self._rule(part) for part in mappings(top, "rules"))
        ids = [rule.id for rule in rules]
        for rule_id in sorted({each for each in ids if ids.count(each) > 1}):
            top.fault("rules", f"the row {rule_id!r} stands twice: give one a new id")
        unfinished = top.one_of("unfinished", ids)
        walk = top.fields("walk")
        if walk is None or unfinished not in ids:
            return None
        walk.only(("text", "when"))
        return StretchTable(
            version=top.text("version"),
            hash=hashlib.sha256(text.encode()).hexdigest(),
            stretches=tuple(self.forms.values()),
            rules=rules,
            unfinished=rules[ids.index(unfinished)],
            none_now=top.text("none_now"),
            walk=walk.text("text"),
            walk_when=self.conditions.when(walk),
            quiet=tuple(_quiet(part) for part in mappings(top, "changes_nothing")),
        )

    def _rule(self, part: Fields) -> StretchRule:
        part.only((*RULE_KEYS, *self.forms))
        return StretchRule(
            id=part.text("id"),
            when=self.conditions.when(part),
            because=self._because(part),
            staff=part.text("staff"),
            effects={name: self._effect(part, form) for name, form in self.forms.items()},
            source=names(part, "source"),
            about=part.text_or_none("about", required=False) or "",
            reviewed_by=part.text_or_none("reviewed_by"),
            reviewed_on=part.date_or_none("reviewed_on"),
            review_by=part.date("review_by"),
        )

    def _because(self, part: Fields) -> tuple[Because, ...]:
        if isinstance(part.value("because"), str):
            return (Because(part.text("because")),)
        found = []
        for each in mappings(part, "because"):
            each.only(("when", "words"))
            found.append(Because(each.text("words"), self.conditions.when(each)))
        return tuple(found)

    def _effect(self, part: Fields, form: StretchForms) -> Effect:
        inner = part.fields(form.id)
        if inner is None:
            return Effect(Verdict.AVOID)
        inner.only(("verdict", "change", "drawing"))
        change = inner.text_or_none("change", required=False) or ""
        verdict = one_of(inner, "verdict", Verdict)
        if verdict is Verdict.MODIFY and not change:
            inner.fault("verdict", "'modify' needs a 'change': say exactly what to do")
        drawing = inner.text_or_none("drawing", required=False) or ""
        if drawing and drawing not in form.drawings:
            inner.fault("drawing", f"{drawing!r} is no drawing of {form.id}")
            drawing = ""
        return Effect(verdict, change, drawing)


def _forms(part: Fields) -> StretchForms:
    part.only(("id", "drawings", "forms", "hold"))
    drawings, forms = part.texts("drawings"), part.texts("forms")
    if len(forms) != len(drawings):
        part.fault("forms", "'forms' must name each of the drawings")
    if not drawings:
        part.fault("drawings", "'drawings' must name at least one drawing")
    holds: dict[Verdict, Hold] = {}
    hold = part.fields("hold")
    for verdict in (Verdict.SUITABLE, Verdict.MODIFY) if hold else ():
        inner = hold.fields(verdict) if hold else None
        if inner is not None:
            inner.only(("seconds", "text"))
            seconds = inner.number("seconds", least=1, most=LONGEST_HOLD_SECONDS)
            holds[verdict] = Hold(inner.text("text"), seconds)
    return StretchForms(part.text("id"), drawings or ("",), forms or ("",), holds)


def _quiet(part: Fields) -> QuietRule:
    part.only(("id", "staff", "source"))
    return QuietRule(part.text("id"), part.text("staff"), names(part, "source"))
