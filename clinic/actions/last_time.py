"""What changed since somebody's last intake: worked out once, and kept on the card of the row.

Only intakes of one confirmed person are compared, so that no list row opens another intake.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.intake import Intake
from clinic.store import intakes, same_person
from clinic.store.database import Transaction
from clinic.store.intakes import Facts, Library
from clinic.triage.progress import Change, change
from clinic.triage.score import Score, ScoreTable
from clinic.triage.scores import scores

TOLD: tuple[tuple[str, str], ...] = (("nprs-average", "Pain"), ("peg", "PEG"))
"""The scores that a row may tell, the first that was answered both times, with their words."""
MOST_NOTED = 5
"""So many intakes of a person are compared, the newest."""
TWO_WEEKS = 14


@dataclass(frozen=True, slots=True)
class Comparing:
    """What two intakes are compared with: their questionnaires, the scores, the clinic's clock."""

    library: Library
    table: ScoreTable
    zone: ZoneInfo


def note_last_time(tx: Transaction, patient_ids: Iterable[UUID], comparing: Comparing) -> None:
    """Note on each card of these patients, and of all who are one with them, what changed."""
    done: set[UUID] = set()
    for patient_id in patient_ids:
        if patient_id in done:
            continue
        done |= same_person.group_of(tx, patient_id)
        sent = [each for each in same_person.intakes_of_person(tx, patient_id) if each.submitted_at]
        for facts, before in pairwise([*sent[: MOST_NOTED + 1], None]):
            _note(tx, facts, before, comparing)


def _note(tx: Transaction, facts: Facts | None, before: Facts | None, comparing: Comparing) -> None:
    if facts is None:
        return
    if before is None or before.submitted_at is None or facts.submitted_at is None:
        intakes.note_last_time(tx, facts.id, last_on=None, changed="", worse=False)
        return
    last_on = before.submitted_at.astimezone(comparing.zone).date()
    days = (facts.submitted_at.astimezone(comparing.zone).date() - last_on).days
    moved = _moved(
        comparing.table,
        intakes.load(tx, before.id, comparing.library),
        intakes.load(tx, facts.id, comparing.library),
        comparing.zone,
    )
    intakes.note_last_time(
        tx,
        facts.id,
        last_on=last_on,
        changed=_words(*moved, days) if moved else "",
        worse=moved is not None and moved[1].direction == "worse" and bool(moved[1].meaningful),
    )


def _moved(
    table: ScoreTable, before: Intake, now: Intake, zone: ZoneInfo
) -> tuple[str, Change] | None:
    old, new = _scores(table, before, zone), _scores(table, now, zone)
    for score_id, name in TOLD:
        if score_id in old and score_id in new:
            moved = change(table, old[score_id], new[score_id])
            if moved is not None:
                return name, moved
    return None


def _scores(table: ScoreTable, intake: Intake, zone: ZoneInfo) -> dict[str, Score]:
    today = (intake.submitted_at or intake.created_at).astimezone(zone).date()
    found = scores(table, intake.questionnaire, intake.response, today=today)
    return {score.id: score for score in found}


def _words(name: str, moved: Change, days: int) -> str:
    """Give such as: Pain 4 to 7 of 10 in 3 weeks: worse."""
    time = f"{days // 7} weeks" if days >= TWO_WEEKS else "1 day" if days == 1 else f"{days} days"
    if moved.direction == "same":
        return f"{name} still {moved.now:f} of 10 after {time}"
    return f"{name} {moved.before:f} to {moved.now:f} of 10 in {time}: {moved.direction}"
