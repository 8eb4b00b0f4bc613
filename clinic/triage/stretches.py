"""What the answers say of each stretch: the verdict, every reason, and the exact change."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from clinic.questionnaire.conditions import (
    Condition,
    Facts,
    Kind,
    Remembering,
    Truth,
    evaluate,
)
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Response, enabled_response
from clinic.triage.assess import Assessment
from clinic.triage.derived import ANSWERED, BLANK, assessment_facts, questions_read, unanswered
from clinic.triage.facts import TriageFacts
from clinic.triage.rules import QuietRule
from clinic.triage.sensitive import is_unsafe_to_print

STRETCH_QUESTIONS = "stretch-questions"
LONGEST_HOLD_SECONDS = 60
"""The source article: never hold longer than a minute."""


class Verdict(StrEnum):
    """What may be said of a stretch, worst first; the worst wins."""

    AVOID = "avoid"
    ASK_FIRST = "ask_first"
    MODIFY = "modify"
    SUITABLE = "suitable"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Verdict).index(self)

    @property
    def allows(self) -> bool:
        """True when the stretch may be done now, perhaps in another way."""
        return self in (Verdict.SUITABLE, Verdict.MODIFY)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one row says of one stretch: a verdict, the exact change, the drawing of the form."""

    verdict: Verdict
    change: str = ""
    drawing: str = ""


@dataclass(frozen=True, slots=True)
class Because:
    """The words for the patient, and when they hold; without a condition they always do."""

    words: str
    when: Condition | None = None


@dataclass(frozen=True, kw_only=True)
class StretchRule:
    """One row of the decision table; `effects` by the id of the stretch.

    `about` are the words for the public page where `because` does not tell enough.
    """

    id: str
    when: Condition
    because: tuple[Because, ...]
    staff: str
    effects: Mapping[str, Effect]
    source: tuple[str, ...]
    about: str = ""
    reviewed_by: str | None = None
    reviewed_on: date | None = None
    review_by: date

    @cached_property
    def reads(self) -> frozenset[str]:
        """The link ids of the questions that the row rests on."""
        return questions_read([self.when])


@dataclass(frozen=True, slots=True)
class Hold:
    """How long to hold, in words and in seconds at most."""

    text: str
    seconds: int


@dataclass(frozen=True, slots=True)
class StretchForms:
    """One stretch: its drawings from the full form to the gentlest, and how long to hold.

    `forms` name the drawings in words for staff.
    """

    id: str
    drawings: tuple[str, ...]
    forms: tuple[str, ...]
    holds: Mapping[Verdict, Hold]


@dataclass(frozen=True, kw_only=True)
class StretchTable:
    """The decision table, with the version and hash of the file.

    `unfinished` is the row that stands in where nobody can say whether a row applies.
    """

    version: str
    hash: str
    stretches: tuple[StretchForms, ...]
    rules: tuple[StretchRule, ...]
    unfinished: StretchRule
    none_now: str
    walk: str
    walk_when: Condition
    quiet: tuple[QuietRule, ...] = ()

    @cached_property
    def questions(self) -> frozenset[str]:
        """Every question that the table reads, none of which may be blank."""
        return questions_read((*(rule.when for rule in self.rules), self.walk_when))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a row speaks. `because` ends a sentence begun with "because", and is safe to print.

    `staff` may name what the patient's words do not; where `sensitive`, only to clinicians.
    """

    rule_id: str
    verdict: Verdict
    because: str
    staff: str
    sensitive: bool = False
    keys: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The words for the patient as a sentence of their own."""
        return f"{self.because[:1].upper()}{self.because[1:]}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the answers say of one stretch. Without leave to do it, no drawing and no hold.

    `form` names the drawing for staff.
    """

    stretch_id: str
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    changes: tuple[str, ...] = ()
    drawing: str = ""
    form: str = ""
    hold: str = ""
    hold_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchAdvice:
    """The advice for every stretch, and what is said when none may be done now."""

    advice: tuple[Advice, ...]
    none_now: str = ""
    walk: str = ""
    unanswered: tuple[str, ...] = ()
    rules_version: str = ""
    rules_hash: str = ""

    def of(self, stretch_id: str) -> Advice:
        """Give the advice for one stretch. Raises KeyError."""
        for advice in self.advice:
            if advice.stretch_id == stretch_id:
                return advice
        raise KeyError(stretch_id)


def stretch_advice(
    table: StretchTable,
    questionnaire: Questionnaire,
    response: Response,
    assessment: Assessment,
    *,
    today: date,
    offered: Collection[str] | None = None,
    shown: Response | None = None,
) -> StretchAdvice:
    """Weigh every row of the table. `offered` as in TriageFacts.

    `shown` is the response without what is switched off, where that is known already.
    """
    if shown is None:
        shown = enabled_response(questionnaire, response)
    plain = TriageFacts(questionnaire, shown, today, offered)
    missing = tuple(unanswered(questionnaire, plain, table.questions))
    more = assessment_facts(assessment)
    more[Kind.FACT, STRETCH_QUESTIONS] = (BLANK if missing else ANSWERED,)
    facts = Remembering(TriageFacts(questionnaire, shown, today, offered, more))
    weighed = _Weighed(table, facts, shown)
    advice = tuple(weighed.advice(stretch) for stretch in table.stretches)
    none_may_be_done = not any(each.verdict.allows for each in advice)
    may_walk = evaluate(table.walk_when, facts) is Truth.TRUE
    return StretchAdvice(
        advice=advice,
        none_now=table.none_now if none_may_be_done else "",
        walk=table.walk if none_may_be_done and may_walk else "",
        unanswered=missing,
        rules_version=table.version,
        rules_hash=table.hash,
    )


class _Weighed:
    """The rows of the table with their truth on one response."""

    def __init__(self, table: StretchTable, facts: Facts, response: Response) -> None:
        self.table = table
        self.facts = facts
        self.response = response
        self.truths = {rule.id: evaluate(rule.when, facts) for rule in table.rules}

    def advice(self, stretch: StretchForms) -> Advice:
        """Give the advice for one stretch."""
        rows = self._rows(stretch.id)
        effects = [rule.effects[stretch.id] for rule in rows]
        verdicts = [effect.verdict for effect in effects]
        verdict = min(verdicts, key=lambda each: each.rank, default=Verdict.SUITABLE)
        hold = stretch.holds.get(verdict)
        drawing = _drawing(stretch, effects) if verdict.allows else ""
        return Advice(
            stretch_id=stretch.id,
            verdict=verdict,
            reasons=tuple(self._reasons(stretch.id, rows, verdict)),
            changes=_changes(effects, verdict),
            drawing=drawing,
            form=stretch.forms[stretch.drawings.index(drawing)] if drawing else "",
            hold=hold.text if hold else "",
            hold_seconds=hold.seconds if hold else None,
        )

    def _rows(self, stretch_id: str) -> list[StretchRule]:
        """The rows that apply, with the one that stands in for those nobody can be sure of."""
        rows = [rule for rule in self.table.rules if self.truths[rule.id] is Truth.TRUE]
        is_open = any(
            self.truths[rule.id] is Truth.UNKNOWN
            and rule.effects[stretch_id].verdict is not Verdict.SUITABLE
            for rule in self.table.rules
        )
        if is_open and self.table.unfinished not in rows:
            rows.append(self.table.unfinished)
        return rows

    def _reasons(
        self, stretch_id: str, rows: list[StretchRule], verdict: Verdict
    ) -> Iterator[Reason]:
        if verdict is Verdict.SUITABLE:
            return
        for wanted in dict.fromkeys((verdict, Verdict.MODIFY)):
            for rule in rows:
                if rule.effects[stretch_id].verdict is wanted:
                    yield from self._reasons_of(rule, wanted)

    def _reasons_of(self, rule: StretchRule, verdict: Verdict) -> Iterator[Reason]:
        for because in rule.because:
            if because.when is None or evaluate(because.when, self.facts) is Truth.TRUE:
                read = questions_read([because.when or rule.when])
                yield Reason(
                    rule_id=rule.id,
                    verdict=verdict,
                    because=because.words,
                    staff=rule.staff,
                    sensitive=is_unsafe_to_print(rule.reads),
                    keys=tuple(key for key in self.response.answers if key in read),
                )


def _changes(effects: list[Effect], verdict: Verdict) -> tuple[str, ...]:
    """The changes of the winning verdict and of every modify; of what is avoided, none.

    What is said beside a suitable verdict holds for every form that may be done.
    """
    if verdict is Verdict.AVOID:
        return ()
    also = Verdict.SUITABLE if verdict.allows else verdict
    said = [
        effect.change
        for wanted in dict.fromkeys((verdict, Verdict.MODIFY, also))
        for effect in effects
        if effect.verdict is wanted and effect.change
    ]
    return tuple(dict.fromkeys(said))


def _drawing(stretch: StretchForms, effects: list[Effect]) -> str:
    named = [effect.drawing for effect in effects if effect.drawing]
    return max(named, key=stretch.drawings.index, default=stretch.drawings[0])
