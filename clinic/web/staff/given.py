"""What staff and earlier intakes add to the summary of one opened intake."""

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from clinic.actions.review import Opened, needs_no_call
from clinic.intake import Intake
from clinic.referral.emergency import EmergencyStep
from clinic.store.outcomes import NO_CALL_ABOUT_ANSWERS, OutcomeKind
from clinic.store.typed_totals import KeptTotal, still_standing
from clinic.summary.given import EarlierScores, LevelSet, TypedByStaff
from clinic.triage.rules import Urgency
from clinic.triage.score import Score, ScoreTable
from clinic.triage.scores import scores
from clinic.triage.typed_totals import typed_score

REACHED_NOBODY = (
    OutcomeKind.COULD_NOT_REACH,
    OutcomeKind.WELFARE_CHECK,
    OutcomeKind.EVERY_TRY_MADE,
)
SETTLED_BY_A_CALL = (Urgency.EMERGENCY_NOW, Urgency.SAME_DAY)
SET_LEVEL = "intake.set_level"


def level_set(opened: Opened) -> LevelSet | None:
    """Give the level of a clinician, where it is the one that stands."""
    stands = opened.facts.urgency
    last = opened.levels[-1] if opened.levels else None
    if last is not None and last.level is stands:
        by, is_settled = _name(opened, last.by), _is_settled(opened, last.level, last.at)
        return LevelSet(last.computed, last.level, last.reason, by, last.at, is_settled)
    if stands is None or stands is opened.assessment.urgency:
        return None
    return _from_the_audit(opened, stands)


def _from_the_audit(opened: Opened, stands: Urgency) -> LevelSet | None:
    """A level that was set before levels were kept: the audit knows who and when."""
    for row in opened.trail:
        if row.action == SET_LEVEL and row.detail == stands.value and row.actor.id:
            by_rules = opened.assessment.urgency
            return LevelSet(by_rules, stands, "", _name(opened, row.actor.id), row.at)
    return None


def typed_by_staff(opened: Opened, table: ScoreTable) -> tuple[TypedByStaff, ...]:
    """Give the licensed totals that stand, oldest measurement first."""
    found = still_standing(opened.totals)
    return tuple(
        TypedByStaff(_score(table, kept), kept.taken_on, _name(opened, kept.by))
        for kept in sorted(found, key=lambda kept: kept.taken_on)
        if _is_known(table, kept)
    )


def earlier_scores(opened: Opened, table: ScoreTable, zone: tzinfo) -> tuple[EarlierScores, ...]:
    """Give the scores of what the same confirmed person sent before, newest first."""
    found = [
        day
        for each in opened.earlier
        if each.intake.submitted_at is not None
        for day in measured_days(table, each.intake, each.totals, zone)
    ]
    return tuple(sorted(found, key=lambda day: day.on, reverse=True))


def measured_days(
    table: ScoreTable, intake: Intake, totals: Iterable[KeptTotal], zone: tzinfo
) -> Iterator[EarlierScores]:
    """Give the scores of an intake on the day it was sent, and each typed total on its own day."""
    sent = intake.submitted_at or intake.created_at
    yield EarlierScores(sent.astimezone(zone).date(), _asked(table, intake, zone))
    for kept in totals:
        if _is_known(table, kept):
            yield EarlierScores(kept.taken_on, (_score(table, kept),))


def settled(opened: Opened) -> Iterator[str]:
    """Give the rules whose findings have an outcome on record.

    Those of today are settled by a call that reached somebody, none being open; those of 2 weeks
    by a clinician who said what came of them.
    """
    by_call, by_word = _call_has_settled(opened), _was_said(opened)
    for finding in opened.assessment.findings:
        if finding.urgency in SETTLED_BY_A_CALL and by_call:
            yield finding.rule_id
        if finding.urgency is Urgency.URGENT_2WK and by_word:
            yield finding.rule_id


def can_settle(opened: Opened) -> bool:
    """True while a finding of 2 weeks, or such a level of a clinician, has no outcome yet."""
    if not needs_no_call(opened.facts):
        return False
    found = any(each.urgency is Urgency.URGENT_2WK for each in opened.assessment.findings)
    return (found and not _was_said(opened)) or open_level(opened) is Urgency.URGENT_2WK


def open_level(opened: Opened) -> Urgency | None:
    """Give the level that a clinician set, unless a call that came after has settled it."""
    found = level_set(opened)
    return found.open_level if found else None


def _is_settled(opened: Opened, level: Urgency, since: datetime) -> bool:
    if level is Urgency.URGENT_2WK:
        return _was_said(opened, since)
    called = any(outcome.at >= since for outcome in opened.outcomes)
    return level in SETTLED_BY_A_CALL and called and _call_has_settled(opened)


def _was_said(opened: Opened, since: datetime | None = None) -> bool:
    """True when a clinician said what came of the findings of 2 weeks, once they were known."""
    known = since or opened.facts.submitted_at
    return any(
        each.outcome is OutcomeKind.FINDING_SETTLED and (known is None or each.at >= known)
        for each in opened.outcomes
    )


def _call_has_settled(opened: Opened) -> bool:
    """True when the last call reached somebody and no emergency is open.

    Whoever was sent to emergency care is settled once the outcome is known. A call that was
    made before the answers were sent knew nothing of what was answered after it.
    """
    sent = opened.facts.submitted_at
    calls = [
        each
        for each in opened.outcomes
        if (sent is None or each.at >= sent) and each.outcome not in NO_CALL_ABOUT_ANSWERS
    ]
    last = calls[-1].outcome if calls else OutcomeKind.COULD_NOT_REACH
    if opened.facts.emergency_open or last in REACHED_NOBODY:
        return False
    return not opened.steps or opened.steps[-1].step is EmergencyStep.OUTCOME_KNOWN


def _asked(table: ScoreTable, intake: Intake, zone: tzinfo) -> tuple[Score, ...]:
    sent = intake.submitted_at or intake.created_at
    today = sent.astimezone(zone).date()
    return scores(table, intake.questionnaire, intake.response, today=today)


def _score(table: ScoreTable, kept: KeptTotal) -> Score:
    return typed_score(table, kept.total_id, kept.parts)


def _is_known(table: ScoreTable, kept: KeptTotal) -> bool:
    """True unless the total is gone from the tables since."""
    return any(each.id == kept.total_id for each in table.typed)


def _name(opened: Opened, who: object) -> str:
    return next((person.name for key, person in opened.people.items() if key == who), "")
