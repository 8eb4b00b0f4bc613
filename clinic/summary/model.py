"""What a summary is: one intake in words, ready to be shown, in the order a clinician wants.

Every text is in the summary's language. Nothing here is a mapping or a reference, so that
a summary can be sent to another process as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from clinic.marked import Say
from clinic.opening import OpeningHours, clock_after_by, is_open, opens_later_today
from clinic.triage.assess import FlagState
from clinic.triage.rules import Urgency


class Reply(StrEnum):
    """How a safety question was answered."""

    YES = "yes"
    NO = "no"
    NOT_SURE = "not_sure"
    NOT_SAID = "not_said"
    NOT_ANSWERED = "not_answered"


@dataclass(frozen=True, slots=True)
class Said:
    """One question that was shown, and its answer. No answers: it was left blank.

    `typed` is true where the words are the patient's own and not those of an option; `spoken` is
    then the language that they were typed in, where it is not that of the summary.
    """

    key: str
    link_id: str
    question: str
    answers: tuple[str, ...]
    typed: bool = False
    spoken: str = ""
    given_by: str = ""
    """Who gave it, in words, where that is not who gave most of the answers."""

    @property
    def answered(self) -> bool:
        """True unless the question was left blank."""
        return bool(self.answers)


@dataclass(frozen=True, slots=True)
class StepAnswers:
    """Every question of one step with its answer, in page order."""

    id: str
    title: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line, and the question it comes from. `typed`, `spoken` as in Said."""

    text: str
    key: str
    typed: bool = False
    spoken: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled line of a section. Without pieces it was shown and not answered.

    `lead` is true of the few lines that are never cut short on a first page; `quote` of
    those that tell the patient's own story, to be put in quotation marks.
    """

    id: str
    label: str
    pieces: tuple[Piece, ...]
    lead: bool = False
    quote: bool = False

    @property
    def answered(self) -> bool:
        """True when some question of the line has an answer."""
        return bool(self.pieces)

    @property
    def text(self) -> str:
        """The pieces in one sentence."""
        return "; ".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of lines."""

    id: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class SafetyAnswer:
    """One safety question in short words, the reply, and what was said to its follow-ups."""

    key: str
    short: str
    reply: Reply
    details: tuple[Piece, ...] = ()

    @property
    def detail(self) -> str:
        """What was said more exactly, in one sentence."""
        return "; ".join(piece.text for piece in self.details)


@dataclass(frozen=True, slots=True)
class SafetyGroup:
    """Safety questions that belong together. Only those that were shown stand here."""

    id: str
    title: str
    answers: tuple[SafetyAnswer, ...]

    def having(self, *replies: Reply) -> tuple[SafetyAnswer, ...]:
        """Give the answers with one of these replies, in order."""
        return tuple(answer for answer in self.answers if answer.reply in replies)


@dataclass(frozen=True, slots=True)
class FindingWords:
    """A rule that fired, in words for staff, with the answers it rests on.

    `because` tells in short words which of the answers speak for it: denied ones are left
    out, and follow-ups stand with the question that they follow. `beside` are the others.
    """

    rule_id: str
    urgency: Urgency | None
    urgency_word: str
    staff: str
    flags: tuple[str, ...]
    answers: tuple[Said, ...]
    because: tuple[Piece, ...]
    beside: tuple[Piece, ...] = ()
    held: bool = False
    advice: str = ""


@dataclass(frozen=True, slots=True)
class FlagWords:
    """A flag by its name for staff, and what is known of it."""

    id: str
    name: str
    state: FlagState


@dataclass(frozen=True, slots=True)
class Correction:
    """An answer that was changed: what it was, what it became, and the clock times."""

    key: str
    question: str
    before: str
    before_at: str
    after: str
    after_at: str
    text: str
    safety: bool = False


@dataclass(frozen=True, slots=True)
class AlarmWords:
    """An emergency rule that was true when a page was left, and when."""

    rule_id: str
    staff: str
    at: str


@dataclass(frozen=True, slots=True)
class BandMark:
    """Where a band begins, as text, and its label."""

    least: str
    label: str


@dataclass(frozen=True, slots=True)
class PartWords:
    """A part of a score that has a name of its own, such as an activity, and its number."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWords:
    """How a score moved since an earlier intake, by both tests.

    `meets_points` and `meets_percent` are None where there is no limit, or no percent from 0.
    `text` holds both tests with their limits; `short` only how far it moved.
    """

    since: str
    before: str
    now: str
    difference: str
    direction: str
    percent: str
    meets_points: bool | None
    meets_percent: bool | None
    meaningful: bool | None
    text: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreWords:
    """A score with its range, direction and band. `value` None: not scored, `reason` says why.

    A class without a number ("chronic") has its word as `value` and no range. `lowest` and
    `highest` are text. `share` is where the number lies between them, 0 to 1, and `marks`
    where each band after the first begins. `band_kind` says if the band is official.
    `counted` tells how many questions were answered where some were not, and how many
    activities were rated. `notes` and `sources` are for staff; `beside` is what of the notes
    stands right beside the band. `typed` says who typed in a licensed total, and when.
    """

    id: str
    name: str
    short: str
    value: str | None
    lowest: str = ""
    highest: str = ""
    range: str = ""
    higher_is: str = ""
    direction: str = ""
    band: str = ""
    band_kind: str = "none"
    band_words: str = ""
    bands: tuple[BandMark, ...] = ()
    share: float | None = None
    marks: tuple[float, ...] = ()
    reason: str = ""
    counted: str = ""
    notes: tuple[str, ...] = ()
    beside: str = ""
    parts: tuple[PartWords, ...] = ()
    change: ChangeWords | None = None
    sources: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    typed: str = ""

    @property
    def scored(self) -> bool:
        """True unless the answers give no score."""
        return self.value is not None


@dataclass(frozen=True, slots=True)
class StaffReason:
    """Why a row of the stretch table speaks, for staff; `sensitive` words only for clinicians."""

    rule_id: str
    text: str
    sensitive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchWords:
    """What the answers say of one stretch.

    For the patient: `heading`, `why` (a sentence for each reason), `changes`, `hold` and
    `drawing` (a figure; "" where the stretch may not be done now). For staff: `word`, `staff`,
    and `form`, the drawing by its name.
    """

    id: str
    name: str
    verdict: str
    word: str
    heading: str
    why: tuple[str, ...]
    staff: tuple[StaffReason, ...]
    changes: tuple[str, ...]
    hold: str
    drawing: str
    form: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class GateLineWords:
    """One line of the regenerative checklist. Where `sensitive`, it is for clinicians only."""

    id: str
    level: str
    level_word: str
    staff: str
    state: FlagState
    sensitive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RegenerativeWords:
    """What the regenerative gate says. The patient sees `patient`, and only if `asked`."""

    asked: bool
    patient: str
    result: str
    word: str
    override: str
    blocked: bool
    lines: tuple[GateLineWords, ...]
    notes: tuple[str, ...]
    ask_staff: tuple[str, ...]
    unanswered: int

    def in_state(self, state: FlagState) -> tuple[GateLineWords, ...]:
        """Give the lines in one state, strictest first."""
        return tuple(line for line in self.lines if line.state == state)

    @property
    def present(self) -> tuple[GateLineWords, ...]:
        """The lines that are true."""
        return self.in_state(FlagState.PRESENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelSetWords:
    """The level of the rules, and the one that a clinician set beside it, with the reason."""

    computed: Urgency
    computed_word: str
    level: Urgency
    level_word: str
    reason: str
    by: str
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class AdditionWords:
    """What the patient added after sending, in their own words, and when in words."""

    text: str
    at: str


@dataclass(frozen=True, slots=True)
class BodyMap:
    """The marked regions: ids for the drawing, and words in the same order."""

    regions: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Who this is about. `sex` and `birth_date` are words; the age is in whole years."""

    name: str
    birth_date: str
    age_years: int | None
    sex: str
    phone: str
    language: str
    answered_by: str


@dataclass(frozen=True, slots=True)
class Versions:
    """What made this summary: the questionnaire, the rules and the program.

    `tables` are the other rule tables, each with its version and hash in one word or two.
    """

    questionnaire: str
    questionnaire_version: str
    rules_version: str
    rules_hash: str
    program: str
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicDetails:
    """The clinic as it names itself on paper.

    `resume_days` is for how many days a form that was not sent is kept.
    """

    name: str
    phone: str
    emergency_number: str
    crisis_line: str
    call_by: str = "5 pm"
    resume_days: int = 14
    hours: OpeningHours | None = None
    after_hours_phone: str = ""
    safe_home_line: str = ""
    paid_for_regenerative: bool = False

    def call_by_in(self, say: Say = str) -> str:
        """By when somebody calls on the same day, as it stands after "by" in a language."""
        return clock_after_by(self.call_by, say)

    @property
    def opening_hours(self) -> str:
        """The opening hours in words, or "" when they are not known."""
        return self.hours.words if self.hours else ""

    def is_closed_for_the_day(self, local: datetime) -> bool:
        """True when nobody is there at a moment of its clock, and nobody comes that day."""
        if self.hours is None:
            return False
        return not is_open(self.hours, local) and not opens_later_today(self.hours, local)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One intake in words. Screen, PDF and staff page show this value and nothing else.

    `overdue` are the ids of the texts for patients that were to be checked again by now.
    """

    id: str
    reference: str
    language: str
    clinic: ClinicDetails
    person: Person
    draft: bool
    started: str
    sent: str
    sent_on: date | None
    urgency: Urgency
    urgency_word: str
    act_by: str
    incomplete: bool
    findings: tuple[FindingWords, ...]
    flags: tuple[FlagWords, ...]
    unanswered: tuple[Said, ...]
    alarms: tuple[AlarmWords, ...]
    sections: tuple[Section, ...]
    safety: tuple[SafetyGroup, ...]
    body_map: BodyMap
    scores: tuple[ScoreWords, ...]
    stretches: tuple[StretchWords, ...]
    none_now: str
    walk: str
    regenerative: RegenerativeWords
    level_set: LevelSetWords | None
    corrections: tuple[Correction, ...]
    steps: tuple[StepAnswers, ...]
    versions: Versions
    consent: str
    additions: tuple[AdditionWords, ...] = ()
    sent_closed: bool = False
    """True when it was sent after the last opening of its day: nobody could call back then."""
    overdue: tuple[str, ...] = ()
    answered_in: str = ""
    """In which languages the answers were given, in words; "" when only in the summary's own."""
    given_by: str = ""
    """Who gave the answers, in one line, and on which day where it was on paper."""
    on_paper: bool = False
    """True when staff typed them in from paper."""

    def section(self, section_id: str) -> Section:
        """Give a section by its id. Raises KeyError."""
        for section in self.sections:
            if section.id == section_id:
                return section
        raise KeyError(section_id)

    def said(self) -> Iterator[Said]:
        """Every question that was shown, in order, each once."""
        for step in self.steps:
            yield from step.said

    @property
    def leading(self) -> tuple[FindingWords, ...]:
        """The findings that say somebody must act today, which no page may cut."""
        return tuple(
            finding
            for finding in self.findings
            if finding.urgency in (Urgency.EMERGENCY_NOW, Urgency.SAME_DAY)
        )

    def flags_in(self, state: FlagState) -> tuple[FlagWords, ...]:
        """The flags in one state, in order."""
        return tuple(flag for flag in self.flags if flag.state is state)
