"""What staff state of a patient in answer to a question for staff alone. Only ever added.

Which question it answers is sealed too: its name would tell.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from clinic.questionnaire.response import Answer
from clinic.store.answers import answer_from_json, answer_to_json
from clinic.store.database import Transaction
from clinic.store.ids import new_id
from clinic.store.opening import data_key_of
from clinic.store.sealing import Cell, seal, unseal
from clinic.store.tables import staff_fact as table


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffFact:
    """One answer of staff: to which question, what, in which words, by whom and when."""

    id: UUID
    intake_id: UUID
    link_id: str
    answer: Answer
    words: str
    by: UUID
    at: datetime


def add(
    tx: Transaction,
    intake_id: UUID,
    link_id: str,
    answer: Answer,
    *,
    words: str,
    by: UUID,
    now: datetime,
) -> UUID:
    """Keep an answer of staff; the newest to a question is the one that stands.

    Raises UnknownRecord.
    """
    row_id = new_id()
    plain = json.dumps([link_id, answer_to_json(answer), words], separators=(",", ":"))
    tx.execute(
        table.insert().values(
            id=row_id,
            intake_id=intake_id,
            stated_by=by,
            stated_at=now,
            sealed_fact=seal(data_key_of(tx, intake_id), plain.encode(), _cell(row_id)),
        )
    )
    return row_id


def all_of(tx: Transaction, intake_id: UUID) -> list[StaffFact]:
    """Give everything that staff stated of an intake, oldest first. Raises UnknownRecord."""
    key = data_key_of(tx, intake_id)
    statement = select(table).where(table.c.intake_id == intake_id).order_by(table.c.id)
    found = []
    for row in tx.execute(statement):
        link_id, answer, words = json.loads(unseal(key, row.sealed_fact, _cell(row.id)))
        found.append(
            StaffFact(
                id=row.id,
                intake_id=row.intake_id,
                link_id=link_id,
                answer=answer_from_json(answer),
                words=words,
                by=row.stated_by,
                at=row.stated_at,
            )
        )
    return found


def standing(facts: Iterable[StaffFact]) -> dict[str, Answer]:
    """Give the answers of staff that stand, by link id, from a whole history."""
    return {fact.link_id: fact.answer for fact in facts}


def _cell(row_id: UUID) -> Cell:
    return Cell("staff_fact", "sealed_fact", row_id)
