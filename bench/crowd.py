"""Many made-up patients, put into a database at once: really sealed, by a seed, and never born.

What is shortened is said in bench/README.md: the answers of these rows are filler that no page
of the measurement opens. What happened around them is made up in around.py.
"""

import hashlib
import hmac
import json
import random
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
from bench.around import Around, Known, put, unrest
from clinic.store.database import Database
from clinic.store.keys import Key
from clinic.store.records import Card
from clinic.store.sealing import Cell, seal
from clinic.store.search import person_terms
from clinic.store.tables import intake, patient, patient_search

NOW = datetime(2026, 3, 17, 14, 30, tzinfo=UTC)
YEARS = timedelta(days=3650)
PART = 20_000
WAITING = 0.1
"""So many of the intakes wait on the list: far more than in a clinic, where most are reviewed."""
OWNED = 0.5
QUEUES = ((1, "same_day"), (2, "routine"), (4, "urgent_2wk"), (5, "routine"), (6, "self_care"))
SHARES = (15, 5, 20, 55, 5)
NEWEST = 20_000
"""So many of the newest have a sealed card, and answers as long as real ones."""
FILLER = bytes(600)
LONG = random.Random(1).randbytes(14_500)  # noqa: S311
"""As long as the answers of a real intake when sealed, and as hard to press together."""
ONSETS = (
    "b",
    "br",
    "c",
    "d",
    "f",
    "g",
    "h",
    "j",
    "k",
    "l",
    "m",
    "mar",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
)
MIDDLES = ("a", "e", "i", "o", "u", "ia", "ei")
ENDS = ("l", "n", "na", "ra", "s", "t", "ck", "son", "ler", "man")
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def fill(database: Database, number: int, owners: list[uuid.UUID], *, seed: int) -> None:
    """Put so many intakes in, each sent under a record of its own, with what came of them."""
    draw = random.Random(seed)  # noqa: S311
    terms = _Terms(database.vault.root.derive("search"))
    around = Around(draw, owners, NOW)
    for start in range(0, number, PART):
        people, rows = [], []
        for place in range(start, min(start + PART, number)):
            before = around.returning()
            at = NOW - timedelta(hours=1) - YEARS * (1 - place / number)
            is_new = number - place <= NEWEST
            person, row, who = _one(database, draw, owners, at, before, is_new=is_new)
            terms.add(person["id"], person_terms(*who))
            around.add(row, who, before)
            people.append(person)
            rows.append(row)
        with database.writing() as tx:
            tx.connection.exec_driver_sql("PRAGMA cache_size=-400000")
            put(tx, patient, people)
            put(tx, intake, rows)
            around.put(tx)
    _put_terms(database, sorted(terms.found))
    with database.writing() as tx:
        unrest(tx, draw, owners, NOW)


class _Terms:
    """The keyed hashes that find patients; those that many share are worked out once."""

    def __init__(self, secret: bytes) -> None:
        self.secret = secret
        self.shared: dict[str, bytes] = {}
        self.found: list[bytes] = []

    def add(self, patient_id: uuid.UUID, words: set[str]) -> None:
        """Keep 32 bytes for each term: its hash and the patient."""
        for word in words:
            mark = self.shared.get(word)
            if mark is None:
                mark = hmac.digest(self.secret, word.encode(), hashlib.sha256)[:16]
                if word.startswith(("start:", "born:")):
                    self.shared[word] = mark
            self.found.append(mark + patient_id.bytes)


def _one(
    database: Database,
    draw: random.Random,
    owners: list[uuid.UUID],
    at: datetime,
    before: Known | None,
    *,
    is_new: bool,
) -> tuple[dict[str, Any], dict[str, Any], tuple[str, date, str]]:
    """Give a record, its intake, and name, birth date and phone."""
    patient_id, intake_id = _id(at, draw), _id(at, draw)
    name, born, phone = who = before.who if before else _new_face(draw)
    vault, key = database.vault, Key.new()
    person = {
        "id": patient_id,
        "created_at": at,
        "data_key": vault.wrap(key, Cell("patient", "data_key", patient_id)),
        "sealed_person": seal(
            key,
            json.dumps([name, born.isoformat(), phone, ""]).encode(),
            Cell("patient", "sealed_person", patient_id),
        ),
    }
    waits = draw.random() < WAITING
    queue, urgency = draw.choices(QUEUES, SHARES)[0]
    row = {
        "id": intake_id,
        "reference": "".join(draw.choices(ALPHABET, k=12)),
        "idempotency_key": f"{draw.getrandbits(128):032x}",
        "questionnaire_id": "low-back-intake",
        "questionnaire_version": "bench",
        "language": "en",
        "state": "submitted" if waits else "reviewed",
        "urgency": urgency,
        "incomplete": queue == 2,
        "emergency_open": False,
        "queue": queue if waits else None,
        "queued_at": at if waits else None,
        "created_at": at,
        "updated_at": at,
        "submitted_at": at,
        "act_by": NOW + timedelta(days=9),
        "patient_id": patient_id,
        "owner_id": draw.choice(owners) if draw.random() < OWNED else None,
        "version": 3,
        "data_key": FILLER[:93],
        "sealed_card": FILLER[:350],
        "sealed_response": FILLER,
        "sealed_journal": FILLER,
    }
    if waits or is_new:
        row |= _opened(database, draw, intake_id, who)
    return person, row, who


def _opened(
    database: Database, draw: random.Random, intake_id: uuid.UUID, who: tuple[str, date, str]
) -> dict[str, bytes]:
    """A sealed card under its own key, and as many bytes before it as a real intake has."""
    name, born, phone = who
    key = Key.new()
    card = Card(
        name=name,
        birth_date=born,
        phone=phone,
        interpreter="Spanish, interpreter needed" if draw.random() < 0.05 else "",
        areas="Left low back, Right low back, Back of left thigh",
        reason=("Fever or chills with back pain.", "Pain of three months or more."),
    )
    return {
        "data_key": database.vault.wrap(key, Cell("intake", "data_key", intake_id)),
        "sealed_card": seal(key, card.to_bytes(), Cell("intake", "sealed_card", intake_id)),
        "sealed_response": LONG,
        "sealed_journal": LONG,
    }


def _new_face(draw: random.Random) -> tuple[str, date, str]:
    name = f"{_word(draw)} {_word(draw)}"
    born = date(1935, 1, 1) + timedelta(days=draw.randrange(25_000))
    return name, born, f"({draw.randrange(200, 999)}) 555-{draw.randrange(10_000):04}"


def _put_terms(database: Database, found: list[bytes]) -> None:
    """Put the search terms in by order, which is quick; the second index is made afterwards.

    No row is asked whether its patient exists: all were made just before.
    """
    pairs: Iterator[tuple[bytes, str]] = ((each[:16], each[16:].hex()) for each in found)
    (index,) = patient_search.indexes
    _check_rows(database, "OFF")
    with database.writing() as tx:
        tx.connection.exec_driver_sql("PRAGMA cache_size=-400000")
        index.drop(tx.connection)
        raw = tx.connection.connection.driver_connection
        assert raw is not None
        raw.executemany("INSERT INTO patient_search (hash, patient_id) VALUES (?, ?)", pairs)
        index.create(tx.connection)
    _check_rows(database, "ON")


def _check_rows(database: Database, on: str) -> None:
    """Set between transactions, on the one connection that is open."""
    connection = database._engine.raw_connection()
    assert connection.driver_connection
    connection.driver_connection.execute(f"PRAGMA foreign_keys={on}")
    connection.close()


def _id(at: datetime, draw: random.Random) -> uuid.UUID:
    """An id of version 7 that tells the time, as the program makes them."""
    bits = int(at.timestamp() * 1000) << 80 | draw.getrandbits(80)
    bits = bits & ~(0xF << 76) | 0x7 << 76
    return uuid.UUID(int=bits & ~(0x3 << 62) | 0x2 << 62)


def _word(draw: random.Random) -> str:
    parts = (draw.choice(ONSETS), draw.choice(MIDDLES), draw.choice(ENDS), draw.choice(MIDDLES), "")
    return "".join(parts[: draw.choice((3, 4, 4))]).capitalize() + draw.choice(("", "ton", "ez"))
