"""What is different since last time, in three to five lines for staff.

Only two intakes of the same confirmed person are compared. It never says that a flag is gone
when its questions were not answered this time.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from clinic.intake import Intake
from clinic.summary.answers import Answers
from clinic.summary.findings import flag_words
from clinic.summary.lines import SummaryPlan
from clinic.summary.model import BodyMap, FlagWords, ScoreWords, Summary
from clinic.summary.sections import body_map
from clinic.summary.words import urgency_word
from clinic.triage.assess import Assessment, FlagState
from clinic.triage.rules import Urgency

SCORES = "Scores"
MEDICINE = "medicine-name"
INCOMPLETE = "incomplete_screen"
NONE_TWICE = "None, as last time."
NOT_COMPLETE = "Safety questions have no answer this time."
MOST_NAMED = 4
"""So many things one line names; more are counted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One line: what it is about, the words, and whether it asks for a look."""

    about: str
    text: str
    matters: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What is looked at of the intake before; its scores are handed to the summary of the newer."""

    sent_on: date | None
    urgency: Urgency
    flags: tuple[FlagWords, ...]
    body_map: BodyMap
    medicines: tuple[str, ...]
    incomplete: bool


def before_of(
    intake: Intake,
    assessment: Assessment,
    *,
    urgency: Urgency,
    plan: SummaryPlan,
    zone: tzinfo,
) -> Before:
    """Read an earlier intake in the words of staff; `urgency` is the level that stood then.

    It is a small part of a summary, so that a page with many intakes need not build them all.
    """
    answers = Answers(intake, "en", zone)
    return Before(
        sent_on=intake.submitted_at.astimezone(zone).date() if intake.submitted_at else None,
        urgency=urgency,
        flags=flag_words(plan, assessment),
        body_map=body_map(plan, answers),
        medicines=tuple(name for place in answers.at(MEDICINE) for name in answers.words(place)),
        incomplete=assessment.incomplete,
    )


def since_last(now: Summary, before: Before) -> tuple[Difference, ...]:
    """Give the differences between two intakes of one person, the level first.

    The scores of `now` have to be compared already: built with the earlier intake's scores.
    """
    return tuple(
        [_level(now, before), _scores(now), _flags(now, before)]
        + [line for line in (_places(now, before), _medicines(now, before)) if line]
    )


def _level(now: Summary, before: Before) -> Difference:
    if now.urgency is before.urgency:
        return Difference("How soon", f"{now.urgency_word}, as last time.", matters=False)
    rises = now.urgency.rank < before.urgency.rank
    way = "up" if rises else "down"
    was = urgency_word(before.urgency, "en")
    text = f"{was} last time, {now.urgency_word.lower()} now: {way}."
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


def _flags(now: Summary, before: Before) -> Difference:
    had = _flags_in(before.flags, FlagState.PRESENT)
    has = _flags_in(now.flags, FlagState.PRESENT)
    new = [name for name in has if name not in had]
    gone = [name for name in had if name in _flags_in(now.flags, FlagState.DENIED)]
    unsaid = [name for name in had if name in _flags_in(now.flags, FlagState.NOT_ANSWERED)]
    parts = (("New", new), ("Denied now", gone), ("Not sure or not answered this time", unsaid))
    text = " ".join(f"{label}: {_named(names)}" for label, names in parts if names)
    if not text:
        text = f"The same: {_named(has)}" if has else _none(now, before)
    if now.incomplete:
        text = f"{text} {NOT_COMPLETE}"
    return Difference("Red flags", text, matters=bool(new or unsaid or now.incomplete))


def _none(now: Summary, before: Before) -> str:
    """Say that none was found; of a screen that was not complete it cannot be said that none is."""
    if now.incomplete:
        return "None found so far."
    return "None now. Last time not all was answered." if before.incomplete else NONE_TWICE


def _flags_in(flags: Iterable[FlagWords], state: FlagState) -> list[str]:
    return [flag.name for flag in flags if flag.state is state and flag.id != INCOMPLETE]


def _places(now: Summary, before: Before) -> Difference | None:
    new = [word for word in now.body_map.words if word not in before.body_map.words]
    gone = [word for word in before.body_map.words if word not in now.body_map.words]
    text = _both("New", new, "Not marked any more", gone)
    return Difference("Where it hurts", text, matters=bool(new)) if text else None


def _medicines(now: Summary, before: Before) -> Difference | None:
    typed = [name for said in now.said() if said.link_id == MEDICINE for name in said.answers]
    has, had = _spaced(typed), _spaced(before.medicines)
    known = {name.casefold() for name in had}
    still = {name.casefold() for name in has}
    new = [name for name in has if name.casefold() not in known]
    gone = [name for name in had if name.casefold() not in still]
    text = _both("New", new, "Not listed any more", gone)
    return Difference("Medicines", text, matters=bool(new)) if text else None


def _spaced(names: Iterable[str]) -> list[str]:
    """The names with one blank between words, as each was typed otherwise."""
    return [" ".join(name.split()) for name in names]


def _both(first: str, ones: Sequence[str], second: str, others: Sequence[str]) -> str:
    parts = ((first, ones), (second, others))
    return " ".join(f"{label}: {_named(names)}" for label, names in parts if names)


def _named(names: Iterable[str]) -> str:
    return "; ".join(_first(list(names))) + "."


def _first(names: list[str]) -> Iterator[str]:
    yield from names[:MOST_NAMED]
    if len(names) > MOST_NAMED:
        yield f"and {len(names) - MOST_NAMED} more"
