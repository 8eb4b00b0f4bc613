"""The letter of a referral on one page, and the sheet that goes before it on a fax machine.

A long letter is set smaller, then shortened; what it asks, the findings of an emergency or of
the same day, and what staff found are never cut.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from clinic.pdf.fit import shortened
from clinic.pdf.paper import Paper
from clinic.referral.letter import ASKED_LABELS, STAFF_FOUND, Block, Letter, LetterLine, Part
from clinic.summary.model import ClinicDetails
from clinic.summary.words import urgency_word
from clinic.triage.rules import Urgency

NEVER_CUT = frozenset(
    {
        *ASKED_LABELS,
        STAFF_FOUND,
        "Level",
        "Flags present",
        urgency_word(Urgency.EMERGENCY_NOW, "en"),
        urgency_word(Urgency.SAME_DAY, "en"),
    }
)
"""The labels of lines that stand whole however little room there is."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a letter is shown: size of type, letters in a line, lines in a part."""

    level: int
    text: int
    lines: int


ROOMS = (
    Room(level=0, text=600, lines=40),
    Room(level=1, text=400, lines=40),
    Room(level=2, text=300, lines=40),
    Room(level=3, text=240, lines=40),
    Room(level=3, text=140, lines=28),
    Room(level=4, text=120, lines=24),
    Room(level=4, text=90, lines=16),
    Room(level=4, text=60, lines=8),
    Room(level=4, text=60, lines=4),
    Room(level=4, text=60, lines=0),
)
"""Tried in order until the letter is one page."""


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """One part of the letter as it is printed, and how many lines of it are not."""

    title: str
    part: str
    lines: tuple[LetterLine, ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterHead:
    """Everything around the words of a letter.

    `to` and `person` are labelled lines. `mark` is what lies across a page that is no letter
    yet, or no longer one. `signed` says who and when; `hash` is that of the letter. Without a
    `link` there is no QR code; `answer` says how to answer then too.
    """

    reference: str
    urgency: Urgency
    urgency_word: str
    act_by: str
    to: tuple[tuple[str, str], ...]
    person: tuple[tuple[str, str], ...]
    written: str
    signed: str
    hash: str
    mark: str
    answer: str
    link: str = ""
    code: str = ""
    until: str = ""

    @property
    def link_lines(self) -> tuple[str, str]:
        """The link in two lines: one that broke at a dash would leave its reader to guess."""
        site, slash, token = self.link.rpartition("/")
        return site + slash, token


def letter_paper(
    letter: Letter, head: LetterHead, *, made: str, clinic: ClinicDetails, size: str
) -> Paper:
    """Give the paper of a letter; `made` names the versions that it was filled with."""
    return Paper(
        template="letter",
        values={"head": head},
        title=f"Referral {head.reference}",
        who=f"Referral {head.reference} · {clinic.name}, {clinic.phone}",
        made=f"Reported by the patient, not examined · {made} · letter {head.hash[:12]}",
        clinic=clinic,
        size=size,
        fits=tuple({"room": room, "blocks": tuple(_shown(letter, room))} for room in ROOMS),
    )


def fax_cover(
    head: LetterHead, *, fax: str, sent_by: str, on: str, clinic: ClinicDetails, size: str
) -> Paper:
    """Give the sheet before a fax: from whom, to whom, and nothing about the patient."""
    return Paper(
        template="fax_cover",
        values={"head": head, "fax": fax, "sent_by": sent_by, "on": on},
        title=f"Fax cover sheet {head.reference}",
        who=f"Referral {head.reference} · {clinic.name}, {clinic.phone}",
        made="Cover sheet: nothing on it is about a patient",
        clinic=clinic,
        size=size,
    )


def _shown(letter: Letter, room: Room) -> Iterator[ShownBlock]:
    for block in letter.blocks:
        lines = tuple(_lines(block, room))
        yield ShownBlock(block.title, block.part.value, lines, len(block.lines) - len(lines))


def _lines(block: Block, room: Room) -> Iterator[LetterLine]:
    """The lines of a part that there is room for; those that are never cut do not count."""
    left = room.lines
    for line in block.lines:
        if block.part is Part.REQUEST or line.label in NEVER_CUT:
            yield line
        elif left:
            left -= 1
            yield LetterLine(
                label=line.label,
                text=shortened(line.text, room.text),
                quoted=line.quoted,
                by=line.by,
            )
