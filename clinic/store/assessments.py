"""Assessments: what the rules said of an intake, kept as it was said."""

import json
from collections.abc import Collection
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select

from clinic.store.answers import answer_from_json, answer_to_json
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.opening import data_key_of
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.tables import assessment as table
from clinic.triage.assess import Assessment, Finding, FlagState
from clinic.triage.corrections import Corrected
from clinic.triage.rules import Urgency


def insert(tx: Transaction, intake_id: UUID, assessment: Assessment, *, now: datetime) -> UUID:
    """Keep an assessment beside those before it. Raises UnknownRecord."""
    row_id = new_id()
    plain = json.dumps(_to_json(assessment), separators=(",", ":")).encode()
    tx.execute(
        table.insert().values(
            id=row_id,
            intake_id=intake_id,
            made_at=now,
            rules_version=assessment.rules_version,
            rules_hash=assessment.rules_hash,
            sealed_assessment=seal(data_key_of(tx, intake_id), plain, _cell(row_id)),
        )
    )
    return row_id


def latest(tx: Transaction, intake_id: UUID) -> Assessment | None:
    """Give the newest assessment of an intake, or None."""
    statement = select(table).where(table.c.intake_id == intake_id)
    row = tx.execute(statement.order_by(table.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _read(tx, row)


def latest_of(tx: Transaction, intake_ids: Collection[UUID]) -> dict[UUID, Assessment]:
    """Give the newest assessment of each intake that has one."""
    statement = select(table).where(table.c.intake_id.in_(intake_ids)).order_by(table.c.id)
    newest = {row.intake_id: row for row in tx.execute(statement)}
    return {intake_id: _read(tx, row) for intake_id, row in newest.items()}


def all_of(tx: Transaction, intake_id: UUID) -> list[tuple[datetime, Assessment]]:
    """Give every assessment of an intake with the moment it was made, oldest first."""
    statement = select(table).where(table.c.intake_id == intake_id).order_by(table.c.id)
    return [(row.made_at, _read(tx, row)) for row in tx.execute(statement)]


def _read(tx: Transaction, row: Row[Any]) -> Assessment:
    plain = unseal(data_key_of(tx, row.intake_id), row.sealed_assessment, _cell(row.id))
    return _from_json(json.loads(plain))


def _cell(row_id: UUID) -> Cell:
    return Cell("assessment", "sealed_assessment", row_id)


def _to_json(assessment: Assessment) -> dict[str, Any]:
    members = {field.name: getattr(assessment, field.name) for field in fields(assessment)}
    members["flags"] = {flag: state.value for flag, state in assessment.flags.items()}
    members["findings"] = [_finding_to_json(finding) for finding in assessment.findings]
    members["corrections"] = [_corrected_to_json(each) for each in assessment.corrections]
    return members


def _from_json(members: dict[str, Any]) -> Assessment:
    read = {
        "urgency": Urgency(members["urgency"]),
        "flags": {flag: FlagState(state) for flag, state in members["flags"].items()},
        "findings": tuple(_finding(finding) for finding in members["findings"]),
        "unanswered": tuple(members["unanswered"]),
        "corrections": tuple(_corrected(each) for each in members.get("corrections", ())),
        "unsure": tuple(members.get("unsure", ())),
    }
    return Assessment(**{**members, **read})


def _finding_to_json(finding: Finding) -> dict[str, Any]:
    members = {field.name: getattr(finding, field.name) for field in fields(finding)}
    members["answers"] = [[key, answer_to_json(answer)] for key, answer in finding.answers]
    members["times"] = [[key, at.isoformat()] for key, at in finding.times]
    return members


def _finding(members: dict[str, Any]) -> Finding:
    read = {
        "urgency": Urgency(members["urgency"]) if members["urgency"] else None,
        "flags": tuple(members["flags"]),
        "source": tuple(members["source"]),
        "answers": tuple((key, answer_from_json(answer)) for key, answer in members["answers"]),
        "times": tuple((key, datetime.fromisoformat(at)) for key, at in members.get("times", ())),
    }
    return Finding(**{**members, **read})


def _corrected_to_json(corrected: Corrected) -> dict[str, Any]:
    return {
        "key": corrected.key,
        "before": answer_to_json(corrected.before),
        "before_at": corrected.before_at.isoformat(),
        "after": answer_to_json(corrected.after),
        "after_at": corrected.after_at.isoformat(),
    }


def _corrected(members: dict[str, Any]) -> Corrected:
    return Corrected(
        key=members["key"],
        before=answer_from_json(members["before"]),
        before_at=datetime.fromisoformat(members["before_at"]),
        after=answer_from_json(members["after"]),
        after_at=datetime.fromisoformat(members["after_at"]),
    )
