"""The letter of a referral: one page, in the order SBAR, filled from a summary.

Every line names the questions it comes from, or the member of staff who wrote it. Staff may
change any line; a changed line no longer claims to be an answer. What the other side does
not need is left out (referral.md, section 1; red_flags.md, section 3.4).
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from clinic.errors import NotFound
from clinic.summary.model import FindingWords, Line, Piece, ScoreWords, Summary
from clinic.triage.assess import FlagState
from clinic.triage.rules import Urgency
from clinic.triage.sensitive import SENSITIVE

MOOD_SCORES = frozenset({"phq-2", "gad-2", "phq-4"})
INCOMPLETE = "incomplete_screen"


class Topic(StrEnum):
    """A group of private answers that a receiver may need for what is asked."""

    NERVES = "nerves"
    PREGNANCY = "pregnancy"
    MOOD = "mood"
    REGENERATIVE = "regenerative"


QUESTIONS_OF: Mapping[Topic, frozenset[str]] = {
    Topic.NERVES: frozenset({"sex-change"}),
    Topic.PREGNANCY: frozenset({"pregnant", "missed-period", "birth-recent"}),
    Topic.MOOD: frozenset({"staff-self-harm"}),
    Topic.REGENERATIVE: frozenset({"regen-wait"}),
}
"""How somebody came by a risk for infection is in no topic: it is never written."""

FLAGS_OF: Mapping[Topic, frozenset[str]] = {
    Topic.PREGNANCY: frozenset({"pregnancy", "pregnancy_danger"}),
    Topic.MOOD: frozenset({"mood_safety"}),
}
NEEDED_FOR: Mapping[Topic, frozenset[str]] = {
    **FLAGS_OF,
    Topic.NERVES: frozenset({"cauda_equina"}),
}
"""The flags that make a topic play a part; without one, a finding has to rest on its answers."""

KEPT_PRIVATE = "A finding on private answers. Ask us by telephone."

OPQRST = (
    *("onset", "provokes", "palliates", "quality"),
    *("region", "radiation", "severity", "timing"),
)
BACKGROUND = (
    *("usual-care", "cover", "back", "bones", "cancer", "conditions", "pregnancy", "surgeries"),
    *("medicines", "thinner", "allergies", "devices", "procedures", "scans", "treatments"),
    *("work", "needs", "answered-by"),
)
ACTED_ON = (Urgency.EMERGENCY_NOW, Urgency.SAME_DAY, Urgency.URGENT_2WK)
ALSO_NOTED = "Also noted"
PLAIN_NO = ("None of these", "Never")
IMPACT = ("activities", "limits", "hopes", "worries")
STAFF_FOUND = "Staff found"
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

    def says(self, words: str) -> bool:
        """True when some line holds these words."""
        wanted = " ".join(words.split())
        return any(wanted in line.text for block in self.blocks for line in block.lines)

    def asking(self, request: "Request") -> "Letter":
        """Give the letter with another request; every other line stays."""
        situation, asked = self.block(Part.SITUATION), self.block(Part.REQUEST)
        others = (line for line in situation.lines if line.label not in ASKED_LABELS)
        found = (line for line in asked.lines if line.label == STAFF_FOUND)
        return self._with(situation, (*_asked(request), *others))._with(
            asked, (*_request(request), *found)
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


def draft_letter(summary: Summary, request: Request, shared: Collection[Topic]) -> Letter:
    """Fill a letter from a summary; of private answers only the topics `shared` go with it."""
    hidden = SENSITIVE.difference(*(QUESTIONS_OF[topic] for topic in shared))
    return Letter(
        (
            Block(Part.SITUATION, "Situation", tuple(_situation(summary, request, hidden))),
            Block(Part.BACKGROUND, "Background", tuple(_told(summary, BACKGROUND, hidden))),
            Block(Part.ASSESSMENT, "Assessment", tuple(_assessment(summary, shared, hidden))),
            Block(Part.REQUEST, "Request", tuple(_request(request))),
        )
    )


def topics_in_play(summary: Summary) -> Iterator[Topic]:
    """Give the private topics that a flag which is present, or a finding that sets a pace, needs.

    Whoever is asked about anything else has no need of them.
    """
    present = {flag.id for flag in summary.flags_in(FlagState.PRESENT)}
    acted_on = (finding for finding in summary.findings if finding.urgency in ACTED_ON)
    answers = {_question(piece) for finding in acted_on for piece in finding.because}
    for topic in Topic:
        if NEEDED_FOR.get(topic, frozenset()) & present or QUESTIONS_OF[topic] & answers:
            yield topic


def taken_out(
    letter: Letter, summary: Summary, shared: Collection[Topic]
) -> tuple[LetterLine, ...]:
    """Give the findings that set a pace and that the letter does not tell in their words.

    A line that staff blanked is one of them, and so is one that was put in other words.
    """
    hidden = SENSITIVE.difference(*(QUESTIONS_OF[topic] for topic in shared))
    standing = [line.text for line in letter.block(Part.SITUATION).lines]
    missing = []
    for line in _findings(summary.findings, hidden):
        if line.label == ALSO_NOTED:
            continue
        found = next((text for text in standing if line.text in text), None)
        if found is None:
            missing.append(line)
        else:
            standing.remove(found)
    return tuple(missing)


def _situation(summary: Summary, request: Request, hidden: Collection[str]) -> Iterator[LetterLine]:
    yield from _asked(request)
    level = summary.level_set
    if level is not None:
        yield LetterLine(label="Level", text=level.text, by=level.by)
    yield from _findings(summary.findings, hidden)


def _asked(request: Request) -> Iterator[LetterLine]:
    for label, text in zip(ASKED_LABELS, (request.question, request.kind_words), strict=True):
        yield LetterLine(label=label, text=text, by=request.written_by)


def _findings(findings: Sequence[FindingWords], hidden: Collection[str]) -> Iterator[LetterLine]:
    """The findings that set a pace, each with the answers that no line above has told."""
    told: set[Piece] = set()
    for finding in findings:
        if finding.urgency in ACTED_ON:
            if _is_private(finding, hidden):
                yield LetterLine(label=finding.urgency_word, text=KEPT_PRIVATE)
                continue
            new = [p for p in _open_pieces(finding.because, hidden) if p not in told]
            told.update(new)
            words = "; ".join(piece.text for piece in new)
            yield LetterLine(
                label=finding.urgency_word,
                text=f"{finding.staff} The patient said: {words}." if words else finding.staff,
                keys=tuple(piece.key for piece in new),
            )
    others = [finding for finding in findings if finding.urgency not in ACTED_ON]
    open_ones = [each.staff for each in others if not _is_private(each, hidden)]
    if open_ones:
        yield LetterLine(label=ALSO_NOTED, text=" ".join(open_ones))
    if len(open_ones) < len(others):
        yield LetterLine(label=ALSO_NOTED, text=KEPT_PRIVATE)


def _is_private(finding: FindingWords, hidden: Collection[str]) -> bool:
    """True when the words of a finding would tell what is to be left out."""
    private = frozenset().union(*QUESTIONS_OF.values()).intersection(hidden)
    return any(piece.key in private for piece in finding.because)


def _assessment(
    summary: Summary, shared: Collection[Topic], hidden: Collection[str]
) -> Iterator[LetterLine]:
    yield from _told(summary, OPQRST, hidden)
    yield from _told(summary, IMPACT, hidden)
    for score in summary.scores:
        yield from _score(score, shared)
    topics = (topic for topic in FLAGS_OF if topic not in shared)
    left_out = {INCOMPLETE}.union(*(FLAGS_OF[topic] for topic in topics))
    for state, label in (
        (FlagState.PRESENT, "Flags present"),
        (FlagState.DENIED, "Asked and denied"),
        (FlagState.NOT_ANSWERED, "Not answered"),
    ):
        names = [flag.name for flag in summary.flags_in(state) if flag.id not in left_out]
        if names:
            yield LetterLine(label=label, text=", ".join(names))
    advice = [f"{stretch.name}: {stretch.word.lower()}" for stretch in summary.stretches]
    if advice:
        yield LetterLine(label="Stretches, by the rules", text="; ".join(advice))


def _score(score: ScoreWords, shared: Collection[Topic]) -> Iterator[LetterLine]:
    """A number with its range; of mood only whether to look, unless it is what is asked."""
    if not score.scored:
        return
    if score.id in MOOD_SCORES and Topic.MOOD not in shared:
        if score.id == "phq-4":
            yield LetterLine(label="Mood and worry", text=score.band, keys=score.keys)
        return
    parts = [f"{score.value} ({score.range})" if score.range else score.value or ""]
    parts += [word for word in (score.direction, score.band_words) if word]
    if score.change is not None:
        parts.append(score.change.text)
    yield LetterLine(label=score.name, text="; ".join(parts), keys=score.keys)


def _request(request: Request) -> Iterator[LetterLine]:
    by = request.written_by
    yield LetterLine(label="Asked of", text=f"{request.service}, {request.act_by}", by=by)
    for label, text in (
        ("The patient was told", request.told_patient),
        ("Until then we", request.meanwhile),
        ("Responsible until seen", request.responsible),
        ("How to answer", request.call_back),
        ("Financial tie", request.financial_tie),
    ):
        if text:
            yield LetterLine(label=label, text=text, by=by)


def _told(
    summary: Summary, line_ids: Sequence[str], hidden: Collection[str]
) -> Iterator[LetterLine]:
    """Lines of the summary by id, in this order, without what is hidden."""
    lines = {line.id: line for section in summary.sections for line in section.lines}
    wanted = [lines[line_id] for line_id in line_ids if line_id in lines]
    denied = [line for line in wanted if line.text in PLAIN_NO]
    for line in wanted:
        pieces = _open_pieces(line.pieces, hidden)
        if pieces and line not in denied:
            yield LetterLine(
                label=line.label,
                text="; ".join(piece.text for piece in pieces),
                keys=tuple(piece.key for piece in pieces),
                quoted=line.quote,
            )
    yield from _labels("None", denied, hidden)
    yield from _labels("Not answered", [line for line in wanted if not line.pieces], hidden)


def _labels(word: str, lines: Sequence[Line], hidden: Collection[str]) -> Iterator[LetterLine]:
    """Name the lines that all say the same short word, in one."""
    if lines:
        pieces = _open_pieces((piece for line in lines for piece in line.pieces), hidden)
        text = ", ".join(line.label for line in lines)
        yield LetterLine(label=word, text=text, keys=tuple(piece.key for piece in pieces))


def _open_pieces(pieces: Iterable[Piece], hidden: Collection[str]) -> list[Piece]:
    return [piece for piece in pieces if _question(piece) not in hidden]


def _question(piece: Piece) -> str:
    return piece.key.split(".")[-1]
