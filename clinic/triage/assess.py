"""The assessment of one response: findings, urgency, flags, and whether the screen is complete."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from clinic.intake import Intake
from clinic.questionnaire.conditions import (
    Facts,
    Kind,
    Known,
    Remembering,
    Silence,
    Truth,
    evaluate,
)
from clinic.questionnaire.model import Questionnaire
from clinic.questionnaire.response import Answer, Response, enabled_response
from clinic.questionnaire.speaking import not_asked
from clinic.questionnaire.values import Coding
from clinic.triage.corrections import Corrected, corrections_of, given_at
from clinic.triage.facts import AGE_YEARS, TriageFacts
from clinic.triage.rules import Rule, RuleSet, Urgency

NOT_SURE = "not-sure"


class FlagState(StrEnum):
    """What is known of a flag.

    Denied needs every one of its questions answered, and no "not sure" on which it hangs: that
    stands with what was not answered (referral.md: "not answered or not sure").
    """

    PRESENT = "present"
    DENIED = "denied"
    NOT_ANSWERED = "not_answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that fired, with the answers it rests on (link id and answer, in page order).

    It keeps the words of the rule, so that a stored assessment reads the same after the
    rules have changed. `times` says when each of its answers was given. `held` is true when
    the answers have since changed and the finding stands because an emergency page had been
    shown.
    """

    rule_id: str
    urgency: Urgency | None
    flags: tuple[str, ...]
    staff: str
    source: tuple[str, ...] = ()
    advice: str = ""
    answers: tuple[tuple[str, Answer], ...] = ()
    times: tuple[tuple[str, datetime], ...] = ()
    held: bool = False

    @property
    def level(self) -> Urgency:
        """The level of the rule; a note counts as self-care."""
        return self.urgency or Urgency.SELF_CARE


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What the rules say of one response, with the set that said it, and what was changed.

    `unsure` are the flags that are not denied because of a "not sure", and for nothing else.
    """

    urgency: Urgency
    incomplete: bool
    findings: tuple[Finding, ...]
    flags: Mapping[str, FlagState]
    unanswered: tuple[str, ...]
    rules_version: str
    rules_hash: str
    corrections: tuple[Corrected, ...] = ()
    unsure: tuple[str, ...] = ()

    @property
    def is_emergency(self) -> bool:
        """True when the patient must be told to get help at once."""
        return self.urgency is Urgency.EMERGENCY_NOW

    @property
    def emergencies(self) -> tuple[Finding, ...]:
        """The findings that are emergencies."""
        return self.at(Urgency.EMERGENCY_NOW)

    @property
    def leading(self) -> tuple[Finding, ...]:
        """The findings at the level that was given."""
        return self.at(self.urgency)

    def at(self, urgency: Urgency) -> tuple[Finding, ...]:
        """The findings at one level."""
        return tuple(finding for finding in self.findings if finding.urgency is urgency)


def assess(
    rules: RuleSet,
    questionnaire: Questionnaire,
    response: Response,
    *,
    today: date,
    offered: Collection[str] | None = None,
    held: Collection[str] = (),
    stated: Mapping[str, Answer] | None = None,
) -> Assessment:
    """Assess a response. Findings come most urgent first, then in the order of the rules.

    `offered` as in TriageFacts; `held` are ids of emergency rules that stay although the
    answers changed; `stated` are the answers of staff to questions for staff alone, which
    count whatever the form shows.
    """
    shown = enabled_response(questionnaire, response).with_answers(stated or {})
    facts = Remembering(TriageFacts(questionnaire, shown, today, offered))
    truths = {rule.id: evaluate(rule.when, facts) for rule in rules.rules}
    findings = tuple(
        _finding(rule, _rests_on(rule, questionnaire, shown), truths[rule.id])
        for rule in rules.rules
        if truths[rule.id] is Truth.TRUE or rule.id in held
    )
    incomplete = any(truths[rule.id] is Truth.UNKNOWN for rule in rules.emergency)
    unasked = _left_to_staff(questionnaire, shown) | not_asked(questionnaire)
    flags = _Flags(rules, truths, facts, unasked)
    states = {flag: flags.state(flag, findings) for flag in rules.flags}
    return Assessment(
        urgency=_urgency(rules, findings, facts, incomplete),
        incomplete=incomplete,
        findings=tuple(sorted(findings, key=lambda finding: finding.level.rank)),
        flags=states,
        unanswered=_unanswered(rules, truths, facts, questionnaire),
        rules_version=rules.version,
        rules_hash=rules.hash,
        unsure=tuple(
            flag
            for flag, state in states.items()
            if state is FlagState.NOT_ANSWERED and flags.is_answered(flag)
        ),
    )


def assess_intake(
    rules: RuleSet,
    intake: Intake,
    today: date,
    *,
    held: Collection[str] = (),
    stated: Mapping[str, Answer] | None = None,
) -> Assessment:
    """Assess an intake as it stands; once an emergency page was shown, it is held.

    `held` are further rules that stay, and `stated` as in `assess`.
    """
    found = assess(
        rules,
        intake.questionnaire,
        intake.response,
        today=today,
        offered=None if intake.submitted else intake.offered,
        held={*held, *(alarm.rule_id for alarm in intake.alarms)},
        stated=stated,
    )
    return _dated(found, intake)


def _dated(assessment: Assessment, intake: Intake) -> Assessment:
    """Put the times of the answers beside them, and what was changed."""
    times = given_at(intake.history)
    findings = tuple(
        replace(
            finding, times=tuple((key, times[key]) for key, _ in finding.answers if key in times)
        )
        for finding in assessment.findings
    )
    return replace(assessment, findings=findings, corrections=corrections_of(intake.history))


def _urgency(
    rules: RuleSet, findings: tuple[Finding, ...], facts: Facts, incomplete: bool
) -> Urgency:
    levels = [finding.urgency for finding in findings if finding.urgency is not None]
    if levels:
        return min(levels, key=lambda level: level.rank)
    if not incomplete and evaluate(rules.self_care, facts) is Truth.TRUE:
        return Urgency.SELF_CARE
    return Urgency.ROUTINE


def _finding(rule: Rule, answers: tuple[tuple[str, Answer], ...], truth: Truth) -> Finding:
    return Finding(
        rule_id=rule.id,
        urgency=rule.urgency,
        flags=rule.flags,
        staff=rule.staff,
        source=rule.source,
        advice=rule.advice,
        answers=answers,
        held=truth is not Truth.TRUE,
    )


def _rests_on(
    rule: Rule, questionnaire: Questionnaire, response: Response
) -> tuple[tuple[str, Answer], ...]:
    return tuple(
        (item.link_id, response.answers[item.link_id])
        for item in questionnaire.walk()
        if item.link_id in rule.reads and item.link_id in response.answers
    )


class _Flags:
    """What one response says of the flags that the rules speak of."""

    def __init__(
        self,
        rules: RuleSet,
        truths: Mapping[str, Truth],
        facts: Facts,
        unasked: frozenset[str],
    ) -> None:
        self.rules = rules
        self.truths = truths
        self.facts = facts
        self.unasked = unasked
        self.as_if_unsaid = Remembering(_AsIfUnsaid(facts))

    def state(self, flag: str, findings: tuple[Finding, ...]) -> FlagState:
        """Give the state of a flag."""
        if any(flag in finding.flags for finding in findings):
            return FlagState.PRESENT
        is_denied = self.is_answered(flag) and not self._hangs_on_not_sure(flag)
        return FlagState.DENIED if is_denied else FlagState.NOT_ANSWERED

    def is_answered(self, flag: str) -> bool:
        """True when every question of a flag has an answer, and no rule of it fires."""
        all_false = all(self.truths[rule.id] is Truth.FALSE for rule in self._speaking(flag))
        open_questions = (Silence.BLANK, Silence.NOT_ASKED)
        return all_false and not any(
            name in self.unasked or self.facts.known(Kind.QUESTION, name) in open_questions
            for name in self._read(flag)
        )

    def _hangs_on_not_sure(self, flag: str) -> bool:
        """True when a rule of a flag could still fire, were each "not sure" left open."""
        if not any(_is_not_sure(self.facts.known(Kind.QUESTION, q)) for q in self._read(flag)):
            return False
        return any(
            evaluate(rule.when, self.as_if_unsaid) is not Truth.FALSE
            for rule in self._speaking(flag)
        )

    def _speaking(self, flag: str) -> list[Rule]:
        return [rule for rule in self.rules.rules if flag in rule.flags]

    def _read(self, flag: str) -> frozenset[str]:
        return frozenset().union(*(rule.reads for rule in self._speaking(flag)))


@dataclass(frozen=True, slots=True)
class _AsIfUnsaid:
    """The same facts, with each "not sure" as open as a blank."""

    facts: Facts

    def known(self, kind: Kind, name: str) -> Known:
        known = self.facts.known(kind, name)
        return Silence.BLANK if _is_not_sure(known) else known


def _is_not_sure(known: Known) -> bool:
    return not isinstance(known, Silence) and any(
        isinstance(value, Coding) and value.code == NOT_SURE for value in known
    )


def _left_to_staff(questionnaire: Questionnaire, response: Response) -> frozenset[str]:
    """The questions for staff alone that nobody answered: what was never asked is not denied."""
    return frozenset(
        item.link_id
        for item in questionnaire.walk()
        if item.hidden and item.link_id not in response.answers and item.link_id != AGE_YEARS
    )


def _unanswered(
    rules: RuleSet, truths: Mapping[str, Truth], facts: Facts, questionnaire: Questionnaire
) -> tuple[str, ...]:
    """The questions without an answer that keep an emergency rule open, in page order."""
    open_rules = [rule for rule in rules.emergency if truths[rule.id] is Truth.UNKNOWN]
    read = frozenset().union(*(rule.reads for rule in open_rules))
    return tuple(
        item.link_id
        for item in questionnaire.walk()
        if item.link_id in read
        and facts.known(Kind.QUESTION, item.link_id) in (Silence.BLANK, Silence.NOT_ASKED)
    )
