"""What is different since last time, in three to five lines for staff.

Only two intakes of the same confirmed person are compared. It never says that a flag is gone
when its questions were not answered this time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from clinic.summary.model import ScoreWords, Summary
from clinic.triage.assess import FlagState

SCORES = "Scores"
MEDICINE = "medicine-name"
INCOMPLETE = "incomplete_screen"
MOST_NAMED = 4
"""So many things one line names; more are counted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One line: what it is about, the words, and whether it asks for a look."""

    about: str
    text: str
    matters: bool


def since_last(now: Summary, before: Summary) -> tuple[Difference, ...]:
    """Give the differences between two intakes of one person, the level first.

    The scores of `now` have to be compared already: built with the earlier intake's scores.
    """
    return tuple(
        [_level(now, before), _scores(now), _flags(now, before)]
        + [line for line in (_places(now, before), _medicines(now, before)) if line]
    )


def _level(now: Summary, before: Summary) -> Difference:
    if now.urgency is before.urgency:
        return Difference("How soon", f"{now.urgency_word}, as last time.", matters=False)
    rises = now.urgency.rank < before.urgency.rank
    way = "up" if rises else "down"
    text = f"{before.urgency_word} last time, {now.urgency_word.lower()} now: {way}."
    return Difference("How soon", text, matters=rises)


def _scores(now: Summary) -> Difference:
    moved = [score for score in now.scores if score.change and score.change.meaningful]
    if not any(score.change for score in now.scores):
        return Difference(SCORES, "None can be compared.", matters=False)
    if not moved:
        text = "None moved by more than its published threshold."
        return Difference(SCORES, text, matters=False)
    worse = [score for score in moved if score.change and score.change.direction == "worse"]
    ordered = [*worse, *(score for score in moved if score not in worse)]
    return Difference(SCORES, _named([_moved(score) for score in ordered]), matters=bool(worse))


def _moved(score: ScoreWords) -> str:
    change = score.change
    return f"{score.short} {change.before} to {change.now}, {change.direction}" if change else ""


def _flags(now: Summary, before: Summary) -> Difference:
    had = _flags_in(before, FlagState.PRESENT)
    has = _flags_in(now, FlagState.PRESENT)
    new = [name for name in has if name not in had]
    gone = [name for name in had if name in _flags_in(now, FlagState.DENIED)]
    unsaid = [name for name in had if name in _flags_in(now, FlagState.NOT_ANSWERED)]
    parts = (("New", new), ("Denied now", gone), ("Not sure or not answered this time", unsaid))
    text = " ".join(f"{label}: {_named(names)}" for label, names in parts if names)
    if not text:
        text = f"The same: {_named(has)}" if has else "None, as last time."
    return Difference("Red flags", text, matters=bool(new or unsaid))


def _flags_in(summary: Summary, state: FlagState) -> list[str]:
    return [flag.name for flag in summary.flags_in(state) if flag.id != INCOMPLETE]


def _places(now: Summary, before: Summary) -> Difference | None:
    new = [word for word in now.body_map.words if word not in before.body_map.words]
    gone = [word for word in before.body_map.words if word not in now.body_map.words]
    text = _both("New", new, "Not marked any more", gone)
    return Difference("Where it hurts", text, matters=bool(new)) if text else None


def _medicines(now: Summary, before: Summary) -> Difference | None:
    has, had = _typed(now, MEDICINE), _typed(before, MEDICINE)
    known = {name.casefold() for name in had}
    still = {name.casefold() for name in has}
    new = [name for name in has if name.casefold() not in known]
    gone = [name for name in had if name.casefold() not in still]
    text = _both("New", new, "Not listed any more", gone)
    return Difference("Medicines", text, matters=bool(new)) if text else None


def _typed(summary: Summary, link_id: str) -> list[str]:
    found = (said for said in summary.said() if said.link_id == link_id)
    return [" ".join(answer.split()) for said in found for answer in said.answers]


def _both(first: str, ones: Sequence[str], second: str, others: Sequence[str]) -> str:
    parts = ((first, ones), (second, others))
    return " ".join(f"{label}: {_named(names)}" for label, names in parts if names)


def _named(names: Iterable[str]) -> str:
    return "; ".join(_first(list(names))) + "."


def _first(names: list[str]) -> Iterator[str]:
    yield from names[:MOST_NAMED]
    if len(names) > MOST_NAMED:
        yield f"and {len(names) - MOST_NAMED} more"
