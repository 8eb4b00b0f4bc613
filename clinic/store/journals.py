"""The journal of an intake: what was offered, what was answered when, alarms and consent."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from clinic.intake import Alarm, Consent, Entry, GivenBy, Intake
from clinic.store.answers import answer_from_json, answer_to_json


@dataclass(frozen=True, slots=True)
class Journal:
    """What an intake holds beside the answers as they stand."""

    offered: frozenset[str]
    history: tuple[Entry, ...]
    alarms: tuple[Alarm, ...]
    consent: Consent | None
    answered_on: date | None = None

    @classmethod
    def of(cls, intake: Intake) -> "Journal":
        """Give the journal of an intake."""
        return cls(
            intake.offered, intake.history, intake.alarms, intake.consent, intake.answered_on
        )

    def to_bytes(self) -> bytes:
        """Write it as JSON."""
        resource = {
            "offered": sorted(self.offered),
            "history": [_entry_to_json(entry) for entry in self.history],
            "alarms": [[alarm.rule_id, alarm.at.isoformat()] for alarm in self.alarms],
            "consent": _consent_to_json(self.consent),
        }
        if self.answered_on is not None:
            resource["answered_on"] = self.answered_on.isoformat()
        return json.dumps(resource, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, text: bytes) -> "Journal":
        """Read what to_bytes wrote."""
        resource = json.loads(text)
        return cls(
            offered=frozenset(resource["offered"]),
            history=tuple(_entry(parts) for parts in resource["history"]),
            alarms=tuple(Alarm(rule, _moment(at)) for rule, at in resource["alarms"]),
            consent=_consent(resource["consent"]),
            answered_on=_day(resource.get("answered_on")),
        )


def _entry_to_json(entry: Entry) -> list[Any]:
    answer = answer_to_json(entry.answer)
    return [entry.key, answer, entry.at.isoformat(), entry.language, entry.given_by.value]


def _entry(parts: list[Any]) -> Entry:
    key, answer, at, language, given_by = parts
    return Entry(key, answer_from_json(answer), _moment(at), language, GivenBy(given_by))


def _consent_to_json(consent: Consent | None) -> list[str] | None:
    if consent is None:
        return None
    return [consent.name, consent.text_version, consent.text_hash, consent.at.isoformat()]


def _consent(parts: list[str] | None) -> Consent | None:
    if parts is None:
        return None
    name, text_version, text_hash, at = parts
    return Consent(name, text_version, text_hash, _moment(at))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
