"""Reads content/examples/rules.yaml: for each red-flag rule, answers that fire it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from clinic.errors import ContentFault, UnknownRecord
from clinic.fhir.response import response_from_json
from clinic.library.demo import plain_answer
from clinic.library.faults import Fault
from clinic.library.lined_yaml import Fields, read_mapping
from clinic.library.marked_yaml import LinedMap
from clinic.library.texts import text_of
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Answer, Response
from clinic.triage.rules import RuleSet

FOLDER = "examples"
FILE = Path(FOLDER) / "rules.yaml"


@dataclass(frozen=True, slots=True)
class RuleExamples:
    """Answers that differ from a plain case, by the rule that they fire."""

    base: Response
    answers: Mapping[str, Mapping[str, Answer | None]]

    def response(self, rule_id: str) -> Response:
        """Give the whole response of a rule. Raises UnknownRecord."""
        if rule_id not in self.answers:
            raise UnknownRecord(f"example of a rule {rule_id!r}")
        return self.base.with_answers(self.answers[rule_id])


def read_rule_examples(content: Path, questionnaire: Questionnaire) -> RuleExamples:
    """Read the examples of a questionnaire. Raises ContentFault with every fault."""
    examples, faults = check_rule_examples(content, questionnaire)
    if examples is None:
        raise ContentFault([str(fault) for fault in faults])
    return examples


def check_rule_examples(
    content: Path, questionnaire: Questionnaire, rules: RuleSet | None = None
) -> tuple[RuleExamples | None, list[Fault]]:
    """Give the examples, or none and everything to mend; with `rules`, one for each rule."""
    path = content / FILE
    faults: list[Fault] = []
    if not path.is_file():
        return None, [Fault(str(path), 1, "this file is missing: no rule has an example")]
    mapping = read_mapping(text_of(path), str(path), faults)
    if mapping is None:
        return None, faults
    top = Fields(mapping, str(path), faults)
    top.only(("base", "rules"))
    base = content / FOLDER / f"{top.text('base')}.json"
    inner = top.fields("rules")
    if inner is None or not base.is_file():
        top.fault("base", f"there is no {base.name} beside this file")
        return None, faults
    examples = RuleExamples(
        base=response_from_json(questionnaire, json.loads(text_of(base))),
        answers={rule_id: dict(_answers(part, questionnaire)) for rule_id, part in _parts(inner)},
    )
    for rule in rules.rules if rules else ():
        if rule.id not in examples.answers:
            top.fault("rules", f"the rule {rule.id!r} has no example: add answers that fire it")
    known = {rule.id for rule in rules.rules} if rules else examples.answers.keys()
    for rule_id in examples.answers.keys() - known:
        inner.fault(rule_id, f"there is no rule {rule_id!r}: take its example out")
    return (None if faults else examples), faults


def _parts(inner: Fields) -> Iterator[tuple[str, Fields]]:
    for rule_id, value in inner.mapping.items():
        if isinstance(value, LinedMap):
            yield str(rule_id), Fields(value, inner.path, inner.faults, inner.first_line)
        else:
            inner.fault(rule_id, "write answers as `question: answer`")


def _answers(part: Fields, questionnaire: Questionnaire) -> Iterator[tuple[str, Answer | None]]:
    for key, value in part.mapping.items():
        yield str(key), plain_answer(part, questionnaire, str(key), value)
