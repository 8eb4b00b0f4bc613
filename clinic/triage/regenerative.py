"""The regenerative gate: what speaks against a consult now. Never advice for or against one."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from clinic.questionnaire.conditions import (
    Condition,
    Facts,
    Kind,
    Remembering,
    Silence,
    Truth,
    comparisons,
    evaluate,
)
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Response, enabled_response
from clinic.triage.assess import Assessment, FlagState
from clinic.triage.derived import (
    ANSWERED,
    BLANK,
    assessment_facts,
    questions_read,
    score_facts,
    unanswered,
)
from clinic.triage.facts import TriageFacts
from clinic.triage.rules import Urgency
from clinic.triage.score import Score
from clinic.triage.sensitive import is_unsafe_to_print

GATE_QUESTIONS = "gate-questions"
OPEN_LEVEL = "open-level"
NO_LEVEL = "none"


class GateResult(StrEnum):
    """What the gate says, strictest first. There is no word for "suitable"."""

    HARD_STOP = "hard_stop"
    NOT_NOW = "not_now"
    CAUTION = "caution"
    TALK_FIRST = "talk_first"

    @property
    def rank(self) -> int:
        """0 for the strictest."""
        return list(GateResult).index(self)


class Override(StrEnum):
    """Who may go on in spite of the result."""

    NONE = "none"
    CLINICIAN_WITH_REASON = "clinician_with_reason"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class GateLevel:
    """One result: the fixed sentence for the patient, who may override, what it blocks."""

    result: GateResult
    patient: str
    override: Override
    blocks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateFact:
    """One fact that speaks for its level, in words for staff; `about` are those for the public."""

    id: str
    level: GateResult
    when: Condition
    staff: str
    source: tuple[str, ...]
    about: str = ""
    reviewed_by: str | None = None
    reviewed_on: date | None = None
    review_by: date


@dataclass(frozen=True, slots=True)
class GateNote:
    """Something to print beside the result, for staff."""

    id: str
    when: Condition
    staff: str


@dataclass(frozen=True, kw_only=True)
class GateTable:
    """The gate, with the version and hash of the file.

    `unfinished` stands in for a fact of which nobody can say whether it is true. `own` are
    the questions asked for the gate alone: hidden from whoever does not want to ask about
    these treatments, they count as not answered, so that silence never opens the gate.
    """

    version: str
    hash: str
    levels: tuple[GateLevel, ...]
    facts: tuple[GateFact, ...]
    unfinished: GateFact
    notes: tuple[GateNote, ...] = ()
    ask_staff: tuple[str, ...] = ()
    own: tuple[str, ...] = ()

    def level(self, result: GateResult) -> GateLevel:
        """Give the level of a result."""
        return next(level for level in self.levels if level.result is result)

    @cached_property
    def questions(self) -> frozenset[str]:
        """Every question of the gate, none of which may be blank."""
        return questions_read(fact.when for fact in self.facts) | set(self.own)

    @cached_property
    def scores(self) -> frozenset[str]:
        """The ids of the scores that a fact reads."""
        parts = (part for fact in self.facts for part in comparisons(fact.when))
        return frozenset(part.name for part in parts if part.kind is Kind.SCORE)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLine:
    """One line of the checklist. Where `sensitive`, it is for clinicians only."""

    id: str
    level: GateResult
    staff: str
    state: FlagState
    sensitive: bool
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What the gate says of one response. A patient sees `patient` and nothing else."""

    result: GateResult
    patient: str
    override: Override
    blocks: tuple[str, ...]
    checklist: tuple[GateLine, ...]
    notes: tuple[str, ...]
    ask_staff: tuple[str, ...]
    unanswered: tuple[str, ...]
    rules_version: str
    rules_hash: str

    @property
    def present(self) -> tuple[GateLine, ...]:
        """The lines that are true, strictest first."""
        true = (line for line in self.checklist if line.state is FlagState.PRESENT)
        return tuple(sorted(true, key=lambda line: line.level.rank))


STATES = {
    Truth.TRUE: FlagState.PRESENT,
    Truth.FALSE: FlagState.DENIED,
    Truth.UNKNOWN: FlagState.NOT_ANSWERED,
}


def regenerative_gate(
    table: GateTable,
    questionnaire: Questionnaire,
    response: Response,
    assessment: Assessment,
    scores: Iterable[Score],
    *,
    today: date,
    offered: Collection[str] | None = None,
    settled: Collection[str] = (),
    set_level: Urgency | None = None,
    shown: Response | None = None,
) -> Gate:
    """Weigh every fact of the gate.

    `scores` are those of the same response. `settled` are the rule ids of the findings
    with a recorded outcome: they hold nothing back any more. `set_level` is the one that a
    clinician set and that still stands open. `offered` as in TriageFacts. `shown` is the
    response without what is switched off, where that is known already.
    """
    if shown is None:
        shown = enabled_response(questionnaire, response)
    plain = TriageFacts(questionnaire, shown, today, offered)
    missing = tuple(_missing(table, questionnaire, plain))
    of_scores = score_facts(table.scores, scores)
    is_open = bool(missing) or Silence.BLANK in of_scores.values()
    more = assessment_facts(assessment) | of_scores
    more[Kind.FACT, OPEN_LEVEL] = (_open_level(assessment, settled, set_level),)
    more[Kind.FACT, GATE_QUESTIONS] = (BLANK if is_open else ANSWERED,)
    facts = Remembering(TriageFacts(questionnaire, shown, today, offered, more))
    checklist = tuple(_line(fact, facts, missing) for fact in table.facts)
    level = table.level(_result(table, checklist))
    return Gate(
        result=level.result,
        patient=level.patient,
        override=level.override,
        blocks=level.blocks,
        checklist=checklist,
        notes=tuple(n.staff for n in table.notes if evaluate(n.when, facts) is Truth.TRUE),
        ask_staff=table.ask_staff,
        unanswered=missing,
        rules_version=table.version,
        rules_hash=table.hash,
    )


def _missing(table: GateTable, questionnaire: Questionnaire, facts: TriageFacts) -> Iterator[str]:
    open_ones = {*unanswered(questionnaire, facts, table.questions)}
    open_ones |= {each for each in table.own if facts.known(Kind.QUESTION, each) is Silence.ABSENT}
    order = [*questionnaire.by_link_id, *sorted(open_ones - questionnaire.by_link_id.keys())]
    return (link_id for link_id in order if link_id in open_ones)


def _open_level(assessment: Assessment, settled: Collection[str], set_level: Urgency | None) -> str:
    still_open = [
        finding.urgency
        for finding in assessment.findings
        if finding.urgency is not None and finding.rule_id not in settled
    ]
    still_open += [set_level] if set_level is not None else []
    return str(min(still_open, key=lambda level: level.rank, default=NO_LEVEL))


def _line(fact: GateFact, facts: Facts, missing: Collection[str]) -> GateLine:
    read = questions_read([fact.when])
    truth = evaluate(fact.when, facts)
    if truth is Truth.FALSE and not read.isdisjoint(missing):
        truth = Truth.UNKNOWN
    return GateLine(
        id=fact.id,
        level=fact.level,
        staff=fact.staff,
        state=STATES[truth],
        sensitive=is_unsafe_to_print(read),
        source=fact.source,
    )


def _result(table: GateTable, checklist: tuple[GateLine, ...]) -> GateResult:
    met = [line.level for line in checklist if line.state is FlagState.PRESENT]
    if any(line.state is FlagState.NOT_ANSWERED for line in checklist):
        met.append(table.unfinished.level)
    return min(met, key=lambda result: result.rank, default=GateResult.TALK_FIRST)
