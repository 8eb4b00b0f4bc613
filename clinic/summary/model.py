"""What a summary is: one intake in words, ready to be shown, in the order a clinician wants.

Every text is in the summary's language. Nothing here is a mapping or a reference, so that
a summary can be sent to another process as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

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

    `typed` is true where the words are the patient's own and not those of an option.
    """

    key: str
    link_id: str
    question: str
    answers: tuple[str, ...]
    typed: bool = False

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
    """A part of a line, and the question it comes from. `typed`: in the patient's own words."""

    text: str
    key: str
    typed: bool = False


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
    out, and follow-ups stand with the question that they follow.
    """

    rule_id: str
    urgency: Urgency | None
    urgency_word: str
    staff: str
    flags: tuple[str, ...]
    answers: tuple[Said, ...]
    because: tuple[Piece, ...]
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
class Score:
    """A number with its range and its direction. `value` None: not scored, `note` says why."""

    id: str
    name: str
    value: str | None
    lowest: int
    highest: int
    higher_is: str
    note: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StretchAdvice:
    """What the answers say of one stretch: the verdict in words, the reasons, the change."""

    id: str
    verdict: str
    reasons: tuple[str, ...]
    changes: tuple[str, ...] = ()


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
    """What made this summary: the questionnaire, the rules and the program."""

    questionnaire: str
    questionnaire_version: str
    rules_version: str
    rules_hash: str
    program: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicDetails:
    """The clinic as it names itself on paper."""

    name: str
    phone: str
    emergency_number: str = "911"
    crisis_line: str = "988"
    call_by: str = "5 pm"
    opening_hours: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One intake in words. Screen, PDF and staff page show this value and nothing else."""

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
    scores: tuple[Score, ...]
    stretches: tuple[StretchAdvice, ...]
    corrections: tuple[Correction, ...]
    steps: tuple[StepAnswers, ...]
    versions: Versions
    consent: str

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
