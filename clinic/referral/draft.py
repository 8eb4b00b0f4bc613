"""Fills the letter of a referral from a summary, in the order SBAR, with the story as OPQRST.

What the other side does not need is left out (referral.md, section 1; red_flags.md, 3.4).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from clinic.referral.letter import (
    Block,
    Letter,
    LetterLine,
    Part,
    Request,
    asked_lines,
    request_lines,
)
from clinic.referral.topics import ACTED_ON, FLAGS_OF, QUESTIONS_OF, Topic, kept_back, question_of
from clinic.summary.model import (
    Correction,
    FindingWords,
    Line,
    Piece,
    RegenerativeWords,
    ScoreWords,
    Summary,
)
from clinic.summary.words import word
from clinic.triage.assess import FlagState

MOOD_SCORES = frozenset({"phq-2", "gad-2", "phq-4"})
INCOMPLETE = "incomplete_screen"
GATE_LINES_OF: Mapping[Topic, frozenset[str]] = {
    Topic.PREGNANCY: frozenset({"pregnant", "birth-recent"}),
}
"""Lines of the regenerative checklist that go along only where their topic plays a part."""
HARD_STOPS = frozenset({"open-alarm", "incomplete"})
GATE_STATES = (
    (FlagState.PRESENT, "reported"),
    (FlagState.DENIED, "denied"),
    (FlagState.NOT_ANSWERED, "not known"),
)
REAL_CHANGE = {True: word("meaningful", "en"), False: word("too_small", "en"), None: ""}
"""Whether a number moved by more than chance, where a limit is known."""

KEPT_PRIVATE = "A finding on private answers. Ask us by telephone."
STILL_STANDS = "The answers were changed since; it stands."
NO_DIAGNOSIS = "Signs to look into, no diagnosis."
SEX = "sex-at-birth"
REACH = ("reach", "address", "speaks", "emergency-contact")
"""How to reach the patient, and in which language: it opens the background."""

STORY = ("began",)
OPQRST = (
    *("onset", "provokes", "palliates", "quality"),
    *("region", "radiation", "severity", "timing"),
)
BACKGROUND = (
    *("usual-care", "cover", "back", "bones", "cancer", "conditions", "pregnancy", "surgeries"),
    *("medicines", "thinner", "allergies", "devices", "procedures", "scans", "treatments"),
    *("work", "needs", "answered-by"),
)
ALSO_NOTED = "Also noted"
PLAIN_NO = ("None of these", "Never")
IMPACT = ("activities", "limits", "hopes", "worries")


def draft_letter(summary: Summary, request: Request, shared: Collection[Topic]) -> Letter:
    """Fill a letter from a summary; of private answers only the topics `shared` go with it."""
    hidden = kept_back(shared)
    return Letter(
        (
            Block(Part.SITUATION, "Situation", tuple(_situation(summary, request, hidden))),
            Block(Part.BACKGROUND, "Background", tuple(_background(summary, shared, hidden))),
            Block(Part.ASSESSMENT, "Assessment", tuple(_assessment(summary, shared, hidden))),
            Block(Part.REQUEST, "Request", tuple(request_lines(request))),
        )
    )


def taken_out(
    letter: Letter, summary: Summary, shared: Collection[Topic]
) -> tuple[LetterLine, ...]:
    """Give the findings that set a pace and that the letter does not tell in their words.

    A line that staff blanked is one of them, and so is one that was put in other words.
    """
    hidden = kept_back(shared)
    standing = [line.text for line in letter.block(Part.SITUATION).lines]
    missing = []
    for line in _findings(summary, hidden):
        if line.label == ALSO_NOTED:
            continue
        found = next((text for text in standing if line.text in text), None)
        if found is None:
            missing.append(line)
        else:
            standing.remove(found)
    return tuple(missing)


def _situation(summary: Summary, request: Request, hidden: Collection[str]) -> Iterator[LetterLine]:
    yield from asked_lines(request)
    level = summary.level_set
    if level is not None:
        yield LetterLine(label="Level", text=level.text, by=level.by)
    yield from _findings(summary, hidden)


def _findings(summary: Summary, hidden: Collection[str]) -> Iterator[LetterLine]:
    """The findings that set a pace, each with the answers that no line above has told.

    Each leads to all of its answers, those that were told above too.
    """
    told: set[Piece] = set()
    for finding in summary.findings:
        if finding.urgency in ACTED_ON:
            if _is_private(finding, hidden):
                yield LetterLine(label=finding.urgency_word, text=KEPT_PRIVATE)
                continue
            new = [p for p in _open_pieces(finding.because, hidden) if p not in told]
            told.update(new)
            words = "; ".join(piece.text for piece in new)
            said = [f"The patient said: {words}."] if words else []
            changed = _changed(finding, summary.corrections, hidden) if finding.held else []
            yield LetterLine(
                label=finding.urgency_word,
                text=" ".join((finding.staff, *said, *(each.text for each in changed))),
                keys=_keys((finding,), hidden, changed),
            )
    others = [finding for finding in summary.findings if finding.urgency not in ACTED_ON]
    open_ones = [each for each in others if not _is_private(each, hidden)]
    if open_ones:
        words = " ".join(each.staff for each in open_ones)
        yield LetterLine(label=ALSO_NOTED, text=words, keys=_keys(open_ones, hidden))
    if len(open_ones) < len(others):
        yield LetterLine(label=ALSO_NOTED, text=KEPT_PRIVATE)


def _changed(
    finding: FindingWords, corrections: Iterable[Correction], hidden: Collection[str]
) -> list[Piece]:
    """Tell that a finding stands although the patient took an answer back, and which one."""
    behind = {said.key for said in finding.answers}
    changed = [
        Piece(f"“{each.question}” {each.text}.", each.key)
        for each in corrections
        if each.key in behind
    ]
    return [Piece(STILL_STANDS, ""), *_open_pieces(changed, hidden)]


def _keys(
    findings: Iterable[FindingWords], hidden: Collection[str], more: Iterable[Piece] = ()
) -> tuple[str, ...]:
    """The questions that findings rest on, each once."""
    pieces = [piece for finding in findings for piece in _open_pieces(finding.because, hidden)]
    return tuple(dict.fromkeys(piece.key for piece in (*pieces, *more) if piece.key))


def _is_private(finding: FindingWords, hidden: Collection[str]) -> bool:
    """True when the words of a finding would tell what is to be left out."""
    private = frozenset().union(*QUESTIONS_OF.values()).intersection(hidden)
    return any(piece.key in private for piece in finding.because)


def _background(
    summary: Summary, shared: Collection[Topic], hidden: Collection[str]
) -> Iterator[LetterLine]:
    if summary.person.sex:
        yield LetterLine(label="Sex", text=summary.person.sex, keys=(SEX,))
    yield from _answered(summary, REACH, hidden)
    yield from _told(summary, BACKGROUND, hidden)
    if Topic.REGENERATIVE in shared:
        yield from _checklist(summary.regenerative, shared)


def _assessment(
    summary: Summary, shared: Collection[Topic], hidden: Collection[str]
) -> Iterator[LetterLine]:
    yield from _answered(summary, STORY, hidden)
    for added in summary.additions:
        yield LetterLine(label=f"Added on {added.at}", text=added.text, quoted=True)
    yield from _told(summary, OPQRST, hidden)
    yield from _told(summary, IMPACT, hidden)
    for score in summary.scores:
        yield from _score(score, shared)
    topics = (topic for topic in FLAGS_OF if topic not in shared)
    left_out = {INCOMPLETE}.union(*(FLAGS_OF[topic] for topic in topics))
    for state, label in (
        (FlagState.PRESENT, "Flags present"),
        (FlagState.DENIED, "Asked and denied"),
        (FlagState.NOT_ANSWERED, "Not sure or not answered"),
    ):
        flags = [flag for flag in summary.flags_in(state) if flag.id not in left_out]
        if flags:
            names = ", ".join(flag.name for flag in flags)
            present = state is FlagState.PRESENT
            ids = {flag.id for flag in flags}
            behind = [each for each in summary.findings if ids.intersection(each.flags)]
            yield LetterLine(
                label=label,
                text=f"{names}. {NO_DIAGNOSIS}" if present else names,
                keys=_keys(behind, hidden) if present else (),
            )
    advice = [f"{stretch.name}: {stretch.word.lower()}" for stretch in summary.stretches]
    if advice:
        yield LetterLine(label="Stretches, by the rules", text="; ".join(advice))


def _checklist(gate: RegenerativeWords, shared: Collection[Topic]) -> Iterator[LetterLine]:
    """The reasons to wait with such a treatment (regenerative.md, section 6), and what is known.

    It is no advice for or against. A hard stop never leaves, and is no line of it.
    """
    left_out = HARD_STOPS.union(
        *(lines for topic, lines in GATE_LINES_OF.items() if topic not in shared)
    )
    lines = [line for line in gate.lines if line.id not in left_out]
    for state, label in GATE_STATES:
        for level in dict.fromkeys(line.level_word for line in lines):
            fits = [line for line in lines if line.state is state and line.level_word == level]
            if fits:
                text = " · ".join(line.staff for line in fits)
                yield LetterLine(label=f"{level}, {label}", text=text)
    if gate.notes:
        yield LetterLine(label="Also for this consult", text=" ".join(gate.notes))


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
        moved = score.change.before != score.change.now
        real = REAL_CHANGE[score.change.meaningful] if moved else ""
        parts.append(f"{score.change.short}. {real}".strip())
    yield LetterLine(label=score.name, text="; ".join(parts), keys=score.keys)


def _told(
    summary: Summary, line_ids: Sequence[str], hidden: Collection[str]
) -> Iterator[LetterLine]:
    """Lines of the summary by id, in this order, without what is hidden."""
    lines = {line.id: line for section in summary.sections for line in section.lines}
    wanted = [lines[line_id] for line_id in line_ids if line_id in lines]
    denied = [line for line in wanted if line.text in PLAIN_NO]
    denied = denied if len(denied) > 1 else []
    yield from _answered(summary, [line.id for line in wanted if line not in denied], hidden)
    yield from _labels("None reported", denied, hidden)
    yield from _labels("Not answered", [line for line in wanted if not line.pieces], hidden)


def _answered(
    summary: Summary, line_ids: Sequence[str], hidden: Collection[str]
) -> Iterator[LetterLine]:
    """Lines of the summary by id, in this order: those with an answer that is not hidden."""
    lines = {line.id: line for section in summary.sections for line in section.lines}
    for line in (lines[line_id] for line_id in line_ids if line_id in lines):
        pieces = _open_pieces(line.pieces, hidden)
        if pieces:
            yield LetterLine(
                label=line.label,
                text="; ".join(piece.text for piece in pieces),
                keys=tuple(piece.key for piece in pieces),
                quoted=line.quote,
            )


def _labels(word: str, lines: Sequence[Line], hidden: Collection[str]) -> Iterator[LetterLine]:
    """Name the lines that all say the same short word, in one."""
    if lines:
        pieces = _open_pieces((piece for line in lines for piece in line.pieces), hidden)
        text = ", ".join(line.label for line in lines)
        yield LetterLine(label=word, text=text, keys=tuple(piece.key for piece in pieces))


def _open_pieces(pieces: Iterable[Piece], hidden: Collection[str]) -> list[Piece]:
    return [piece for piece in pieces if question_of(piece) not in hidden]
