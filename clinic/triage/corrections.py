"""What a patient changed, and when each answer was given: the time beside what the rules read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from clinic.intake import Entry
from clinic.questionnaire.response import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """An answer that took the place of another; `after` is empty when it was taken back."""

    key: str
    before: Answer
    before_at: datetime
    after: Answer
    after_at: datetime


def corrections_of(history: Iterable[Entry]) -> tuple[Corrected, ...]:
    """Give every answer that replaced another one, oldest first; a first answer replaces none."""
    last: dict[str, Entry] = {}
    found: list[Corrected] = []
    for entry in history:
        before = last.get(entry.key)
        last[entry.key] = entry
        if before is not None and before.answer and before.answer != entry.answer:
            found.append(
                Corrected(
                    key=entry.key,
                    before=before.answer,
                    before_at=before.at,
                    after=entry.answer,
                    after_at=entry.at,
                )
            )
    return tuple(found)


def given_at(history: Iterable[Entry]) -> dict[str, datetime]:
    """Give the moment at which each key got the answer that it has now."""
    return {entry.key: entry.at for entry in history if entry.answer}
