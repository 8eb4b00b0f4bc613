"""What a clinician sees of one patient: the summary, and behind each red flag its answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo

from clinic.actions.review import Opened
from clinic.intake import Intake
from clinic.summary.model import (
    Correction,
    FindingWords,
    Reply,
    SafetyAnswer,
    ScoreWords,
    Summary,
)
from clinic.summary.words import clock
from clinic.triage.assess import FlagState
from clinic.triage.rules import Urgency
from clinic.web.staff.standing import Standing

ALLERGIES = "allergies"
NONE = "None of these"
INCOMPLETE = "incomplete_screen"
ACT_TODAY = (Urgency.EMERGENCY_NOW, Urgency.SAME_DAY)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One answer that speaks for a finding, when it was given, and how it was changed."""

    key: str
    words: str
    at: str
    changed: str


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A finding with its answers and what was done about it."""

    finding: FindingWords
    evidence: tuple[Evidence, ...]
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One patient, for a clinician. `changes` are corrections that stand beside no finding."""

    standing: Standing
    summary: Summary
    allergies: str
    today: tuple[RedFlag, ...]
    others: tuple[RedFlag, ...]
    changes: tuple[Correction, ...]
    present: tuple[str, ...]
    denied: tuple[str, ...]
    open_flags: tuple[str, ...]
    not_plain: tuple[tuple[str, tuple[SafetyAnswer, ...]], ...]
    plain_no: tuple[tuple[str, tuple[str, ...]], ...]
    moved: tuple[ScoreWords, ...]


def chart_view(opened: Opened, summary: Summary, standing: Standing, zone: tzinfo) -> Chart:
    """Give a clinician's view of an intake."""
    changed = _changed(summary.corrections)
    flags = [
        RedFlag(
            finding, _evidence(finding, opened.intake, changed, zone), _state(finding, standing)
        )
        for finding in summary.findings
    ]
    told = {each.key for flag in flags for each in flag.evidence}
    names = {state: _names(summary, state) for state in FlagState}
    return Chart(
        standing=standing,
        summary=summary,
        allergies=_line(summary, ALLERGIES),
        today=tuple(flag for flag in flags if flag.finding.urgency in ACT_TODAY),
        others=tuple(flag for flag in flags if flag.finding.urgency not in ACT_TODAY),
        changes=tuple(each for each in summary.corrections if each.key not in told),
        present=names[FlagState.PRESENT],
        denied=names[FlagState.DENIED],
        open_flags=names[FlagState.NOT_ANSWERED],
        not_plain=tuple(
            (group.title, found)
            for group in summary.safety
            if (
                found := group.having(Reply.YES, Reply.NOT_SURE, Reply.NOT_SAID, Reply.NOT_ANSWERED)
            )
        ),
        plain_no=tuple(
            (group.title, tuple(answer.short for answer in found))
            for group in summary.safety
            if (found := group.having(Reply.NO))
        ),
        moved=tuple(score for score in summary.scores if score.change is not None),
    )


def _names(summary: Summary, state: FlagState) -> tuple[str, ...]:
    """Name the flags in one state; that a screen is complete is no flag to be denied."""
    return tuple(flag.name for flag in summary.flags_in(state) if flag.id != INCOMPLETE)


def _line(summary: Summary, line_id: str) -> str:
    """Give a line of the summary by its id, wherever it stands."""
    lines = (line for section in summary.sections for line in section.lines)
    text = next((line.text for line in lines if line.id == line_id), "")
    return "" if text.startswith(NONE) else text


def _changed(corrections: tuple[Correction, ...]) -> dict[str, str]:
    """Every change of an answer, oldest first, by its key."""
    texts: dict[str, list[str]] = {}
    for each in corrections:
        texts.setdefault(each.key, []).append(each.text)
    return {key: "; ".join(each) for key, each in texts.items()}


def _evidence(
    finding: FindingWords, intake: Intake, changed: Mapping[str, str], zone: tzinfo
) -> tuple[Evidence, ...]:
    """The answers that speak for a finding; for one that is held, those that did."""
    spoken = {} if finding.held else {piece.key: piece.text for piece in finding.because}
    for said in finding.answers:
        if said.key in changed and said.key not in spoken:
            spoken[said.key] = f"{said.question} {', '.join(said.answers)}"
    return tuple(
        Evidence(
            key,
            words[:1].upper() + words[1:],
            _given_at(intake, key, zone),
            changed.get(key, ""),
        )
        for key, words in spoken.items()
    )


def _given_at(intake: Intake, key: str, zone: tzinfo) -> str:
    entries = intake.entries(key)
    return clock(entries[-1].at.astimezone(zone)) if entries else ""


def _state(finding: FindingWords, standing: Standing) -> str:
    """Open, or how the last call ended; only what has to be acted on has a state."""
    if finding.urgency not in ACT_TODAY:
        return ""
    if standing.facts.emergency_open or not standing.last_outcome:
        return "Open"
    return standing.last_outcome
