"""The letter of a referral: one page, in the order SBAR.

Every line names the questions it comes from, or the member of staff who wrote it. Staff may
change any line; a changed line no longer claims to be an answer.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from clinic.errors import NotFound

STAFF_FOUND = "Staff found"
UNTIL_THEN = "Until then we"
ASKED_LABELS = ("Question", "Asked for")
"""Lines of the situation that say what is asked, and are no answers."""


class Part(StrEnum):
    """The blocks of a letter."""

    SITUATION = "situation"
    BACKGROUND = "background"
    ASSESSMENT = "assessment"
    REQUEST = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """One line: its label, its words, and where they come from.

    `keys` are the questions it rests on; `by` names the member of staff who wrote it.
    `quoted`: in the patient's own words, to stand in quotation marks.
    """

    label: str
    text: str
    keys: tuple[str, ...] = ()
    quoted: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One part of the letter."""

    part: Part
    title: str
    lines: tuple[LetterLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What staff ask, of whom, and how to answer. `told_patient` says the safety net and when."""

    question: str
    kind_words: str
    service: str
    act_by: str
    told_patient: str
    meanwhile: str
    responsible: str
    call_back: str
    financial_tie: str = ""
    written_by: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, ready to be read, changed, signed and printed."""

    blocks: tuple[Block, ...]

    @property
    def hash(self) -> str:
        """The SHA-256, in hex, of everything that it says and where each line comes from."""
        return hashlib.sha256(repr(self.blocks).encode()).hexdigest()

    def block(self, part: Part) -> Block:
        """Give one part."""
        return next(block for block in self.blocks if block.part is part)

    def edited(self, part: Part, number: int, text: str, *, by: str) -> "Letter":
        """Give the letter with one line changed, or without it when the text is blank.

        Raises NotFound when there is no such line.
        """
        block = self.block(part)
        if not 0 <= number < len(block.lines):
            raise NotFound("This line of the letter is not there any more.")
        line, words = block.lines[number], " ".join(text.split())
        if words == line.text:
            return self
        new = (replace(line, text=words, keys=(), quoted=False, by=by),) if words else ()
        return self._with(block, (*block.lines[:number], *new, *block.lines[number + 1 :]))

    def added(self, part: Part, text: str, *, by: str) -> "Letter":
        """Give the letter with one more line at the end of a part."""
        line = LetterLine(label=STAFF_FOUND, text=" ".join(text.split()), by=by)
        block = self.block(part)
        return self._with(block, (*block.lines, line))

    @property
    def until_then(self) -> str:
        """What it says of the time until the patient is seen; "" for nothing."""
        lines = self.block(Part.REQUEST).lines
        return next((line.text for line in lines if line.label == UNTIL_THEN), "")

    def says(self, words: str) -> bool:
        """True when some line holds these words."""
        wanted = " ".join(words.split())
        return any(wanted in line.text for block in self.blocks for line in block.lines)

    def asking(self, request: "Request") -> "Letter":
        """Give the letter with another request; every other line stays."""
        situation, asked = self.block(Part.SITUATION), self.block(Part.REQUEST)
        others = (line for line in situation.lines if line.label not in ASKED_LABELS)
        found = (line for line in asked.lines if line.label == STAFF_FOUND)
        return self._with(situation, (*asked_lines(request), *others))._with(
            asked, (*request_lines(request), *found)
        )

    def keeping(self, earlier: "Letter") -> "Letter":
        """Give the letter with what staff added to an earlier one, each line in its part."""
        kept = self
        for block in earlier.blocks:
            for line in block.lines:
                if line.label == STAFF_FOUND:
                    kept = kept.added(block.part, line.text, by=line.by)
        return kept

    def _with(self, changed: Block, lines: tuple[LetterLine, ...]) -> "Letter":
        new = replace(changed, lines=lines)
        return Letter(tuple(new if block.part is changed.part else block for block in self.blocks))


def asked_lines(request: Request) -> Iterator[LetterLine]:
    """What is asked, and of what kind: it opens the situation."""
    for label, text in zip(ASKED_LABELS, (request.question, request.kind_words), strict=True):
        yield LetterLine(label=label, text=text, by=request.written_by)


def request_lines(request: Request) -> Iterator[LetterLine]:
    """Of whom it is asked and by when, what the patient was told, and how to answer."""
    by = request.written_by
    yield LetterLine(label="Asked of", text=f"{request.service}, {request.act_by}", by=by)
    for label, text in (
        ("The patient was told", request.told_patient),
        (UNTIL_THEN, request.meanwhile),
        ("Responsible until seen", request.responsible),
        ("How to answer", request.call_back),
        ("Financial tie", request.financial_tie),
    ):
        if text:
            yield LetterLine(label=label, text=text, by=by)
