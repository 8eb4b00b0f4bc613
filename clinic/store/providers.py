"""The directory of providers and facilities. It is found by name, service and language."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, literal, select, tuple_, update
from sqlalchemy import text as statement_of
from sqlalchemy.exc import IntegrityError

from clinic.errors import Conflict, UnknownRecord
from clinic.referral.provider import Provider
from clinic.store.database import Transaction
from clinic.store.referral_tables import provider as table
from clinic.store.referral_tables import provider_word as words_table
from clinic.store.search import PREFIX_LETTERS, plain_words

LONGEST_WORD = 60
SPEAKS = "speaks:"
BY_NAME = (func.lower(table.c.name), table.c.id)
"""The order of the alphabet, small and capital letters alike."""
DOUBLED = "This NPI stands in the directory already."
FIELDS = tuple(name for name in Provider.__slots__ if name not in ("id", "version", "removed_at"))


def add(tx: Transaction, provider: Provider, *, now: datetime) -> None:
    """Put an entry in. Raises Conflict when its NPI stands in the directory already."""
    _refuse_doubled(tx, provider)
    row = table.insert().values(
        id=provider.id, created_at=now, updated_at=now, version=1, **_values(provider)
    )
    with _one_npi():
        tx.execute(row)
    _find_by(tx, provider)


def save(tx: Transaction, provider: Provider, *, version: int, now: datetime) -> None:
    """Write an entry over the version that was seen. Raises Conflict."""
    _refuse_doubled(tx, provider)
    with _one_npi():
        _change(tx, provider.id, version, now, **_values(provider))
    tx.execute(words_table.delete().where(words_table.c.provider_id == provider.id))
    _find_by(tx, provider)


def remove(tx: Transaction, provider_id: UUID, *, version: int, now: datetime) -> None:
    """Take an entry out of the directory; referrals that name it still show it."""
    _change(tx, provider_id, version, now, removed_at=now)


def bring_back(tx: Transaction, provider_id: UUID, *, version: int, now: datetime) -> None:
    """List an entry again."""
    _change(tx, provider_id, version, now, removed_at=None)


def find(tx: Transaction, provider_id: UUID) -> Provider | None:
    """Give an entry, a removed one too; None when there never was one."""
    row = tx.execute(select(table).where(table.c.id == provider_id)).one_or_none()
    return None if row is None else _read(row)


def get(tx: Transaction, provider_id: UUID) -> Provider:
    """Give an entry, a removed one too. Raises UnknownRecord."""
    found = find(tx, provider_id)
    if found is None:
        raise UnknownRecord("provider")
    return found


def search(
    tx: Transaction,
    *,
    text: str = "",
    service: str = "",
    language: str = "",
    removed: bool = False,
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> list[Provider]:
    """Give entries by name: those whose words begin as typed, of a service, in a language.

    A word of one or two letters has to be the whole word, and is passed over beside a longer
    one. In the order of the alphabet, and never ranked. `after` is the name and the id of the
    last one of the page before.
    """
    statement = select(table)
    if not removed:
        statement = statement.where(table.c.removed_at.is_(None))
    if service:
        statement = statement.where(table.c.service == service)
    for sought in _sought(text):
        found = select(words_table.c.provider_id).where(sought)
        statement = statement.where(table.c.id.in_(found))
    if language:
        spoken = select(words_table.c.provider_id).where(
            words_table.c.word == f"{SPEAKS}{' '.join(plain_words(language))}"[:LONGEST_WORD]
        )
        statement = statement.where(table.c.id.in_(spoken))
    if after is not None:
        name, last_id = after
        place = tuple_(func.lower(literal(name)), literal(last_id, table.c.id.type))
        statement = statement.where(tuple_(*BY_NAME) > place)
    statement = statement.order_by(*BY_NAME).limit(limit)
    return [_read(row) for row in tx.execute(statement)]


def alike(tx: Transaction, provider: Provider) -> Provider | None:
    """Give a listed entry that says the same in every field; None when none does."""
    same = (table.c[name] == value for name, value in _values(provider).items())
    row = tx.execute(select(table).where(table.c.removed_at.is_(None), *same).limit(1)).first()
    return None if row is None else _read(row)


def everyone(tx: Transaction) -> Iterator[Provider]:
    """Give every listed entry, by name."""
    statement = select(table).where(table.c.removed_at.is_(None))
    return (_read(row) for row in tx.execute(statement.order_by(*BY_NAME)))


def keep_alone(tx: Transaction) -> None:
    """Let nobody else change the directory until this transaction ends; reading goes on."""
    if not tx.is_sqlite:
        tx.execute(statement_of("LOCK TABLE provider IN SHARE ROW EXCLUSIVE MODE"))


def languages(tx: Transaction) -> list[str]:
    """Give every language that a listed entry speaks, in small letters, as it is searched for."""
    statement = (
        select(words_table.c.word)
        .join(table, table.c.id == words_table.c.provider_id)
        .where(words_table.c.word.startswith(SPEAKS), table.c.removed_at.is_(None))
        .distinct()
    )
    return sorted(word.removeprefix(SPEAKS) for word in tx.execute(statement).scalars())


def by_npi(tx: Transaction, npi: str) -> Provider | None:
    """Give the entry with this number, a removed one too."""
    row = tx.execute(select(table).where(table.c.npi == npi)).one_or_none()
    return None if row is None else _read(row)


def _refuse_doubled(tx: Transaction, provider: Provider) -> None:
    if not provider.npi:
        return
    other = by_npi(tx, provider.npi)
    if other is not None and other.id != provider.id:
        raise Conflict(DOUBLED)


@contextmanager
def _one_npi() -> Iterator[None]:
    """Turn what the database says when two are written at the same moment into our words."""
    try:
        yield
    except IntegrityError:
        raise Conflict(DOUBLED) from None


def _change(tx: Transaction, provider_id: UUID, version: int, now: datetime, **values: Any) -> None:
    changed = tx.execute(
        update(table)
        .where(table.c.id == provider_id, table.c.version == version)
        .values(updated_at=now, version=version + 1, **values)
    )
    if changed.rowcount != 1:
        get(tx, provider_id)
        raise Conflict("Somebody else changed this entry since the page was opened.")


def _values(provider: Provider) -> dict[str, Any]:
    values = {name: getattr(provider, name) for name in FIELDS}
    return {**values, "npi": provider.npi or None}


def _find_by(tx: Transaction, provider: Provider) -> None:
    """Keep the words of the name, and the languages, by which the entry is found."""
    spoken = (" ".join(plain_words(each)) for each in provider.languages.split(","))
    words = {*plain_words(provider.name), *(f"{SPEAKS}{each}" for each in spoken if each)}
    rows = [{"word": word[:LONGEST_WORD], "provider_id": provider.id} for word in sorted(words)]
    if rows:
        tx.execute(words_table.insert(), rows)


def _sought(text: str) -> list[ColumnElement[bool]]:
    """What has to be found for the words that were typed."""
    words = [word[:LONGEST_WORD] for word in plain_words(text)]
    long = [word for word in words if len(word) >= PREFIX_LETTERS]
    if long:
        return [words_table.c.word.startswith(word, autoescape=True) for word in long]
    return [words_table.c.word == word for word in words]


def _read(row: Row[Any]) -> Provider:
    values = {name: getattr(row, name) for name in FIELDS}
    values["npi"] = row.npi or ""
    return Provider(id=row.id, version=row.version, removed_at=row.removed_at, **values)
