"""Everything wrong in the content folder, file by file and across files."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from clinic.errors import ContentFault
from clinic.library.articles import check_articles
from clinic.library.demo import FOLDER as DEMO
from clinic.library.demo import read_demo
from clinic.library.drawings import check_drawings
from clinic.library.faults import Fault
from clinic.library.questionnaires import check_questionnaire, questionnaire_paths
from clinic.library.rules import RED_FLAGS, check_rules
from clinic.library.sources import Sources, check_sources
from clinic.library.summaries import read_summary_plan
from clinic.questionnaire.conditions import Comparison, Kind, Operator, comparisons
from clinic.questionnaire.model import Item, Questionnaire
from clinic.questionnaire.values import Coding
from clinic.summary.lines import EMPTY_PLAN
from clinic.triage.rules import RuleSet

SHIPPED = "low-back-intake"
READ_BY_THE_PROGRAM = frozenset({"age-years", "body-map"})
"""What the engine and the drawing of the body read."""
READ_AS_A_SCALE = frozenset({"rmdq", "phq4-nervous", "phq4-worry", "phq4-interest", "phq4-down"})
"""What is printed answer by answer, as a scale."""

Found = TypeVar("Found")


def content_faults(content: Path) -> list[str]:
    """Give every fault as `path:line: message`, files first, then what spans files."""
    faults: list[str] = []
    sources, found = check_sources(content)
    faults += map(str, found)
    faults += map(str, check_articles(content)[1])
    faults += map(str, check_drawings(content)[1])
    forms: dict[str, Questionnaire] = {}
    for path in questionnaire_paths(content):
        form, found = check_questionnaire(path)
        faults += map(str, found)
        if form is not None:
            forms[form.id] = form
    rules, found = check_rules(content)
    faults += map(str, found)
    plan = _or_faults(lambda: read_summary_plan(content), EMPTY_PLAN, faults)
    if SHIPPED in forms and (content / DEMO).is_dir():
        shipped = forms[SHIPPED]
        _or_faults(lambda: read_demo(content, shipped), None, faults)
    if rules is not None:
        faults += _unknown_sources(content, rules, sources)
        if SHIPPED in forms:
            faults += map(str, _rules_against_form(content, rules, forms[SHIPPED]))
            faults += _unread(content, rules, forms[SHIPPED], frozenset(plan.reads()))
    return faults


def _or_faults(read: Callable[[], Found], otherwise: Found, faults: list[str]) -> Found:
    try:
        return read()
    except ContentFault as error:
        faults += error.faults
        return otherwise


def _unknown_sources(content: Path, rules: RuleSet, sources: Sources) -> Iterator[str]:
    named = [(rule.id, rule.source) for rule in rules.rules]
    named += [(quiet.id, quiet.source) for quiet in rules.quiet]
    for rule_id, keys in named:
        for key in keys:
            if key not in sources:
                yield f"{content / RED_FLAGS}:1: {rule_id} names no known source {key!r}"


def _rules_against_form(content: Path, rules: RuleSet, form: Questionnaire) -> Iterator[Fault]:
    path = str(content / RED_FLAGS)
    for rule in rules.rules:
        for comparison in comparisons(rule.when):
            if comparison.kind is Kind.QUESTION:
                for message in _against_question(form.by_link_id.get(comparison.name), comparison):
                    yield Fault(path, 1, f"{rule.id}: {message}")


def _against_question(item: Item | None, comparison: Comparison) -> Iterator[str]:
    if item is None or not item.is_question:
        yield f"{SHIPPED} has no question {comparison.name!r}"
    elif comparison.operator is not Operator.EXISTS and item.options:
        codes = {o.value.code for o in item.options if isinstance(o.value, Coding)}
        if comparison.answer not in codes:
            yield f"{comparison.name!r} does not offer {comparison.answer!r}"


def _unread(
    content: Path, rules: RuleSet, form: Questionnaire, shown: frozenset[str]
) -> Iterator[str]:
    """Every question has somebody who reads it, or it is not asked."""
    read = shown | READ_BY_THE_PROGRAM | READ_AS_A_SCALE
    read |= frozenset().union(*(rule.reads for rule in rules.rules))
    for item in form.walk():
        if item.is_question and item.link_id not in read:
            where = content / "questionnaires" / f"{form.id}.yaml"
            yield f"{where}:1: no rule and no line of the summary reads {item.link_id!r}: drop it"
