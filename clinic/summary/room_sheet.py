"""One page for the room: what was answered and need not be asked again, and what is missing."""

from collections.abc import Iterator
from dataclasses import dataclass

from clinic.summary.model import Line, Section, Summary
from clinic.triage.sensitive import UNSAFE_TO_PRINT

CONTACT = "contact"
GOALS = "goals"
ASIDE = frozenset({"speaks", "needs", "allergies", "question-1", "question-2", "question-3"})
"""Lines that stand in a place of their own."""

NONE_OF_THESE = "None of these"
NONE_SAID = "Not answered"
NO_REACTIONS = "None reported"
NO_NEEDS = "None named"
REACTIONS_NOT_ASKED = "Not answered: ask"


@dataclass(frozen=True, slots=True)
class Answered:
    """One thing that was answered, under its label. `quote`: in the patient's own words."""

    label: str
    text: str
    quote: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomSheet:
    """What somebody needs who brings a patient to the room. No level and no finding stands here.

    `look_first` counts findings for which somebody has to act today: the face sheet has them.
    Private answers are left out, since others may see the paper (red_flags.md, 3.4); `private`
    counts them, `missing_private` the private safety questions that are open.
    """

    name: str
    birth_date: str
    age: str
    reference: str
    sent: str
    language: str
    needs: str
    allergies: str
    answered: tuple[tuple[str, tuple[Answered, ...]], ...]
    private: int
    missing_safety: tuple[str, ...]
    missing_private: int
    missing: tuple[str, ...]
    questions: tuple[str, ...]
    additions: tuple[str, ...]
    look_first: int

    @property
    def missing_count(self) -> int:
        """How many things are still to be asked."""
        return len(self.missing_safety) + self.missing_private + len(self.missing)


def room_sheet(summary: Summary) -> RoomSheet:
    """Give the room sheet of an intake."""
    person = summary.person
    open_ones = [said for said in summary.unanswered if not _is_private(said.key)]
    return RoomSheet(
        name=person.name,
        birth_date=person.birth_date,
        age="" if person.age_years is None else str(person.age_years),
        reference=summary.reference,
        sent=summary.sent or f"Not sent. Begun {summary.started}",
        language=_text(summary, "speaks") or person.language or NONE_SAID,
        needs=_told(summary, "needs", NO_NEEDS) or NONE_SAID,
        allergies=_told(summary, "allergies", NO_REACTIONS) or REACTIONS_NOT_ASKED,
        answered=tuple(
            (section.title, lines)
            for section in summary.sections
            if section.id != CONTACT and (lines := tuple(_answered(section)))
        ),
        private=sum(_is_private(each.key) for line in _lines(summary) for each in line.pieces),
        missing_safety=tuple(said.question for said in open_ones),
        missing_private=len(summary.unanswered) - len(open_ones),
        missing=tuple(_missing(summary)),
        questions=tuple(
            text for number in (1, 2, 3) if (text := _text(summary, f"question-{number}"))
        ),
        additions=tuple(f"{each.at}: {each.text}" for each in summary.additions),
        look_first=len(summary.leading),
    )


def _lines(summary: Summary) -> Iterator[Line]:
    for section in summary.sections:
        yield from section.lines


def _text(summary: Summary, line_id: str) -> str:
    return next((line.text for line in _lines(summary) if line.id == line_id), "")


def _told(summary: Summary, line_id: str, none: str) -> str:
    """Give a line, or `none` in place of an option that says so: it was asked and denied."""
    text = _text(summary, line_id)
    return none if text.strip(".") == NONE_OF_THESE else text


def _answered(section: Section) -> Iterator[Answered]:
    for line in section.lines:
        told = [piece.text for piece in line.pieces if not _is_private(piece.key)]
        if told and line.id not in ASIDE:
            yield Answered(line.label, "; ".join(told), line.quote)


def _missing(summary: Summary) -> Iterator[str]:
    """The lines that nobody answered; a question for the visit may well be left blank."""
    for line in _lines(summary):
        if not line.answered and not line.id.startswith("question-"):
            yield line.label


def _is_private(key: str) -> bool:
    return key.rpartition(".")[2] in UNSAFE_TO_PRINT
