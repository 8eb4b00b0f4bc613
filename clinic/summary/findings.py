"""What the rules found and what was changed, in words for staff."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, tzinfo

from clinic.intake import Entry, Intake
from clinic.marked import said as said_in
from clinic.questionnaire.model import Item
from clinic.summary.answers import Answers
from clinic.summary.lines import SummaryPlan
from clinic.summary.model import (
    AlarmWords,
    ClinicDetails,
    Correction,
    FindingWords,
    FlagWords,
    Piece,
    Said,
)
from clinic.summary.words import (
    answer_words,
    clock,
    codes,
    is_typed,
    long_date,
    moment,
    urgency_word,
    with_what_was_asked,
    word,
)
from clinic.triage.assess import Assessment, Finding
from clinic.triage.rules import Urgency

DAYS_TO_ACT = {Urgency.URGENT_2WK: 14, Urgency.ROUTINE: 42, Urgency.SELF_CARE: 14}
"""Days until somebody should have acted (red_flags.md section 1; clinic defaults)."""

PLAIN_NO = frozenset({"no"})
"""A follow-up that was answered so speaks for nothing; "None of these" may."""


def findings(
    plan: SummaryPlan, assessment: Assessment, answers: Answers
) -> tuple[FindingWords, ...]:
    """Every rule that fired, most urgent first, with the answers behind it."""
    return tuple(_finding(finding, answers, plan) for finding in assessment.findings)


def _finding(finding: Finding, answers: Answers, plan: SummaryPlan) -> FindingWords:
    denials = {then: PLAIN_NO for each in plan.safety_plans() for then in each.then}
    denials |= {each.question: each.no for each in plan.safety_plans()}
    spoken = [
        link_id
        for link_id, answer in finding.answers
        if not codes(answer) <= denials.get(link_id, frozenset())
    ]
    behind = tuple(_behind(finding, answers))
    return FindingWords(
        rule_id=finding.rule_id,
        urgency=finding.urgency,
        urgency_word=urgency_word(finding.urgency, answers.language),
        staff=finding.staff,
        flags=finding.flags,
        answers=behind,
        because=tuple(_because([said for said in behind if said.link_id in spoken], plan)),
        beside=tuple(_beside([said for said in behind if said.link_id not in spoken], plan)),
        held=finding.held,
        advice=finding.advice,
    )


def _behind(finding: Finding, answers: Answers) -> Iterator[Said]:
    """The answers that a finding rests on; its questions are all in the questionnaire."""
    known = answers.intake.questionnaire.by_link_id
    for link_id, answer in finding.answers:
        item = known[link_id]
        words = answer_words(item, answer, answers.language, answers.zone)
        typed = is_typed(item, answer)
        yield Said(link_id, link_id, answers.question(item), words, typed)


def _because(spoken: list[Said], plan: SummaryPlan) -> Iterator[Piece]:
    """The answers in short words, each follow-up with its question."""
    words = {said.link_id: ", ".join(said.answers).rstrip(".") for said in spoken}
    asked = {said.link_id: said.question for said in spoken}
    safety = {each.question: each for each in plan.safety_plans() if each.question in words}
    follows: dict[str, list[str]] = {}
    followed: set[str] = set()
    for question, each in safety.items():
        follows[question] = [then for then in each.then if then in words and then not in followed]
        followed.update(follows[question])
    for said in spoken:
        if said.link_id in followed:
            continue
        if said.link_id not in safety:
            yield Piece(plan.said_briefly(said, words[said.link_id]), said.key, said.typed)
            continue
        then = [with_what_was_asked(asked[name], words[name]) for name in follows[said.link_id]]
        told = "; ".join([words[said.link_id], *then])
        yield Piece(f"{safety[said.link_id].short}: {told}", said.key, said.typed)


def _beside(silent: list[Said], plan: SummaryPlan) -> Iterator[Piece]:
    """The answers that were read and do not speak for it, in short words."""
    short = {each.question: each.short for each in plan.safety_plans()}
    for said in silent:
        words = ", ".join(said.answers).rstrip(".")
        asked = short.get(said.link_id)
        told = f"{asked}: {words}" if asked else plan.said_briefly(said, words)
        yield Piece(told, said.key, said.typed)


def flag_words(plan: SummaryPlan, assessment: Assessment) -> tuple[FlagWords, ...]:
    """Every flag by its name for staff, and whether it is present, denied or not answered."""
    return tuple(
        FlagWords(flag, plan.flags.get(flag, flag.replace("_", " ").capitalize()), state)
        for flag, state in assessment.flags.items()
    )


def unanswered(assessment: Assessment, answers: Answers) -> tuple[Said, ...]:
    """The safety questions without an answer that keep an emergency rule open."""
    known = answers.intake.questionnaire.by_link_id
    return tuple(
        Said(link_id, link_id, answers.question(known[link_id]), ())
        for link_id in assessment.unanswered
        if link_id in known
    )


def alarm_words(assessment: Assessment, answers: Answers) -> tuple[AlarmWords, ...]:
    """Every emergency page that was shown, with the reason and the time."""
    staff = {finding.rule_id: finding.staff for finding in assessment.findings}
    return tuple(
        AlarmWords(
            alarm.rule_id,
            staff.get(alarm.rule_id, alarm.rule_id),
            moment(alarm.at, answers.zone, answers.language),
        )
        for alarm in answers.intake.alarms
    )


def corrections(plan: SummaryPlan, answers: Answers) -> tuple[Correction, ...]:
    """Every answer that replaced another, oldest first."""
    safety = frozenset(plan.safety_questions())
    last: dict[str, Entry] = {}
    found: list[Correction] = []
    for entry in answers.intake.history:
        before = last.get(entry.key)
        last[entry.key] = entry
        item = _item(answers.intake, entry.key)
        if before is None or item is None or not before.answer:
            continue
        if before.answer != entry.answer:
            found.append(_correction(before, entry, item, answers, item.link_id in safety))
    return tuple(found)


def _item(intake: Intake, key: str) -> Item | None:
    """The question of a key: its last part that names one."""
    known = intake.questionnaire.by_link_id
    parts = key.split(".")
    return next(
        (known[name] for n in range(len(parts)) if (name := ".".join(parts[n:])) in known), None
    )


def _correction(
    before: Entry, after: Entry, item: Item, answers: Answers, safety: bool
) -> Correction:
    language, zone = answers.language, answers.zone
    was, now = (
        ", ".join(answer_words(item, entry.answer, language, zone)) for entry in (before, after)
    )
    at_before, at_after = _times(before.at, after.at, language, zone)
    now = now or word("taken_back", language)
    text = word("was_changed", language).format(
        before=was, before_at=at_before, after=now, after_at=at_after
    )
    question = answers.question(item)
    return Correction(after.key, question, was, at_before, now, at_after, text, safety)


def _times(before: datetime, after: datetime, language: str, zone: tzinfo) -> tuple[str, str]:
    """The clock times, with the day where the two are on different days."""
    one, two = before.astimezone(zone), after.astimezone(zone)
    if one.date() == two.date():
        return clock(one, language), clock(two, language)
    return moment(before, zone, language), moment(after, zone, language)


def act_by(
    assessment: Assessment,
    day: date,
    clinic: ClinicDetails,
    language: str,
    sent: datetime | None = None,
) -> str:
    """Give the words for when somebody should have acted, counted from a day.

    An incomplete screen is called on the same day, whatever its level; what was sent (a
    moment of the clinic's clock) after the last opening of the day does not wait either.
    """
    urgency = assessment.urgency
    if urgency is Urgency.EMERGENCY_NOW:
        return word("now", language)
    if assessment.incomplete or urgency is Urgency.SAME_DAY:
        closed = sent is not None and clinic.is_closed_for_the_day(sent)
        words = word("now_closed" if closed else "today_by", language)
        hour = clinic.call_by_in(lambda text: said_in(text, language))
        return words.format(day=long_date(day, language), hour=hour)
    pattern = "check_by" if urgency is Urgency.SELF_CARE else "by_day"
    due = day + timedelta(days=DAYS_TO_ACT[urgency])
    return word(pattern, language).format(day=long_date(due, language))
