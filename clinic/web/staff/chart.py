"""What a clinician sees of one patient: the summary, and behind each red flag its answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from clinic.actions.review import Opened
from clinic.actions.staff_facts import is_harm
from clinic.intake import Intake
from clinic.questionnaire.values import Coding
from clinic.store.staff_facts import StaffFact
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
NONE_REPORTED = "none reported"
NOT_SAID = "not answered"
INCOMPLETE = "incomplete_screen"
STAFF_ANSWERS = "#happened"
"""Where on the page the answers of staff stand."""

HELD = "The patient changed this after the emergency page. The level stays until you decide."
HELD_BY_STAFF = "Staff changed this answer. The level stays until you decide."

MOST_MOVED = 5
"""So many differences tell most of a change (PATTERNS, section 4)."""

MOOD_SCREENS = ("phq-2", "gad-2", "phq-4")
WORK = "work-now"
WORK_TROUBLE = ("lighter", "off-work")
"""What is worth a word and never changes the level (red_flags.md, YE-1)."""

ACT_TODAY = (Urgency.EMERGENCY_NOW, Urgency.SAME_DAY)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One answer that speaks for a finding, when it was given, and how it was changed.

    `place` is where on the page the whole of it stands.
    """

    place: str
    words: str
    at: str
    changed: str


@dataclass(frozen=True, slots=True)
class RedFlag:
    """A finding with its answers and what was done about it; `held` says why it stays."""

    finding: FindingWords
    evidence: tuple[Evidence, ...]
    state: str
    held: str = ""

    @property
    def is_today(self) -> bool:
        """True of what somebody has to act on today."""
        return self.finding.urgency in ACT_TODAY


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
    mood: tuple[ScoreWords, ...]
    work: tuple[str, ...]


def chart_view(opened: Opened, summary: Summary, standing: Standing, zone: tzinfo) -> Chart:
    """Give a clinician's view of an intake."""
    flags = red_flags(
        opened.intake,
        opened.stated,
        summary,
        zone,
        is_open=standing.facts.emergency_open,
        last_call=standing.last_outcome,
    )
    told = {each.place for flag in flags for each in flag.evidence}
    return Chart(
        standing=standing,
        summary=summary,
        allergies=allergies(summary),
        today=tuple(flag for flag in flags if flag.is_today),
        others=tuple(flag for flag in flags if not flag.is_today),
        changes=tuple(each for each in summary.corrections if _answer(each.key) not in told),
        present=flag_names(summary, FlagState.PRESENT),
        denied=flag_names(summary, FlagState.DENIED),
        open_flags=flag_names(summary, FlagState.NOT_ANSWERED),
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
        moved=tuple(_moved(summary))[:MOST_MOVED],
        mood=tuple(_mood(summary)),
        work=_work(opened),
    )


def red_flags(
    intake: Intake,
    stated: tuple[StaffFact, ...],
    summary: Summary,
    zone: tzinfo,
    *,
    is_open: bool,
    last_call: str,
) -> list[RedFlag]:
    """Give every finding with its answers and state; `last_call` says how the last one ended."""
    speaking = Speaking(intake, stated, summary, zone)
    state = "Open" if is_open or not last_call else last_call
    return [
        RedFlag(
            finding,
            speaking.evidence(finding),
            state if finding.urgency in ACT_TODAY else "",
            speaking.held(finding),
        )
        for finding in summary.findings
    ]


def flag_names(summary: Summary, state: FlagState) -> tuple[str, ...]:
    """Name the flags in one state; that a screen is complete is no flag to be denied."""
    return tuple(flag.name for flag in summary.flags_in(state) if flag.id != INCOMPLETE)


def allergies(summary: Summary) -> str:
    """Give what is known of allergies: none reported is not the same as not answered."""
    lines = (line for section in summary.sections for line in section.lines)
    text = next((line.text for line in lines if line.id == ALLERGIES), "")
    return NONE_REPORTED if text.startswith(NONE) else text or NOT_SAID


def _changed(corrections: tuple[Correction, ...]) -> dict[str, str]:
    """Every change of an answer, oldest first, by its key."""
    texts: dict[str, list[str]] = {}
    for each in corrections:
        texts.setdefault(each.key, []).append(each.text)
    return {key: "; ".join(each) for key, each in texts.items()}


def _answer(key: str) -> str:
    return f"#answer-{key}"


class Speaking:
    """The answers of one intake, the patient's and those of staff, as they speak for findings."""

    def __init__(
        self, intake: Intake, stated: tuple[StaffFact, ...], summary: Summary, zone: tzinfo
    ) -> None:
        self.intake = intake
        self.facts = stated
        self.zone = zone
        self.stated = {fact.link_id for fact in stated}
        self.changed = {**_changed(summary.corrections), **self._restated()}

    def evidence(self, finding: FindingWords) -> tuple[Evidence, ...]:
        """The answers that speak for a finding; for one that is held, those that did."""
        spoken = {} if finding.held else {piece.key: piece.text for piece in finding.because}
        for said in finding.answers:
            if said.key in self.changed and said.key not in spoken:
                spoken[said.key] = f"{said.question} {', '.join(said.answers)}"
        return tuple(self._one(key, words) for key, words in spoken.items())

    def held(self, finding: FindingWords) -> str:
        """Say why a finding stays although its answer was changed."""
        if not finding.held:
            return ""
        by_staff = any(said.key in self.stated for said in finding.answers)
        return HELD_BY_STAFF if by_staff else HELD

    def _one(self, key: str, words: str) -> Evidence:
        place = STAFF_ANSWERS if key in self.stated else _answer(key)
        return Evidence(
            place, words[:1].upper() + words[1:], self._given_at(key), self.changed.get(key, "")
        )

    def _given_at(self, key: str) -> str:
        stated = [fact.at for fact in self.facts if fact.link_id == key]
        times = stated or [entry.at for entry in self.intake.entries(key)]
        return clock(times[-1].astimezone(self.zone)) if times else ""

    def _restated(self) -> dict[str, str]:
        """Each answer of staff that was changed, oldest first: "Yes at 8:42 am, No at 8:43 am"."""
        told: dict[str, list[str]] = {}
        for fact in self.facts:
            said = "Yes" if is_harm(fact.answer) else "No"
            told.setdefault(fact.link_id, []).append(
                f"{said} at {clock(fact.at.astimezone(self.zone))}"
            )
        return {key: ", then ".join(each) for key, each in told.items() if len(each) > 1}


def _moved(summary: Summary) -> Iterator[ScoreWords]:
    """The scores that moved since an earlier intake, those first whose change matters."""
    moved = [score for score in summary.scores if score.change and score.change.direction != "same"]
    yield from sorted(moved, key=lambda score: not (score.change and score.change.meaningful))


def _mood(summary: Summary) -> Iterator[ScoreWords]:
    """The mood screens above their lowest band that have a word to say about it."""
    for score in summary.scores:
        lowest = score.bands[0].label if score.bands else ""
        if score.id in MOOD_SCREENS and score.notes and score.band != lowest:
            yield score


def _work(opened: Opened) -> tuple[str, ...]:
    """How the back changes the work, where it does."""
    given = opened.intake.shown.answers.get(WORK, ())
    return tuple(
        value.display or value.code
        for value in given
        if isinstance(value, Coding) and value.code in WORK_TROUBLE
    )
