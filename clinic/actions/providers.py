"""What staff do with the directory, one verb a function.

Each act names the version that the page showed, is one transaction, and is audited in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from clinic.errors import NotAllowed, WrongEntry
from clinic.referral.provider import Provider, problems, tidy
from clinic.store import audit, providers
from clinic.store.audit import Actor
from clinic.store.database import Database, Transaction
from clinic.store.ids import new_id
from clinic.store.staff import Member, Role

PAGE_ROWS = 50
KEEPERS = frozenset({Role.CLINICIAN, Role.ADMIN})
"""Who may change the directory; the front desk reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is looked for; `after` is the id of the last entry of the page before."""

    text: str = ""
    service: str = ""
    language: str = ""
    removed: bool = False
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of the directory, whether more follows, and the languages that are spoken in it."""

    entries: tuple[Provider, ...]
    more: bool
    languages: tuple[str, ...]


def look_up(database: Database, wish: Wish) -> Found:
    """Give a page of entries in the order of the alphabet, never ranked. Raises UnknownRecord."""
    with database.reading() as tx:
        last = providers.get(tx, wish.after) if wish.after else None
        found = providers.search(
            tx,
            text=wish.text,
            service=wish.service,
            language=wish.language,
            removed=wish.removed,
            after=(last.name, last.id) if last else None,
            limit=PAGE_ROWS + 1,
        )
        spoken = providers.languages(tx)
    return Found(tuple(found[:PAGE_ROWS]), len(found) > PAGE_ROWS, tuple(spoken))


def open_provider(database: Database, provider_id: UUID) -> Provider:
    """Give an entry, a removed one too. Raises UnknownRecord."""
    with database.reading() as tx:
        return providers.get(tx, provider_id)


def add(
    database: Database,
    wanted: Provider,
    services: frozenset[str],
    *,
    by: Member,
    now: datetime,
    today: date,
) -> UUID:
    """Put an entry in under a new id. Raises WrongEntry with everything to mend.

    Pressed twice, or typed once more, it gives the entry that says the same already.
    """
    with database.writing() as tx:
        providers.keep_alone(tx)
        entry = replace(tidy(wanted), id=new_id())
        stands = providers.alike(tx, entry)
        if stands is not None:
            _refuse(by)
            return stands.id
        _refuse(by, *faults(tx, entry, services, today))
        providers.add(tx, entry, now=now)
        record(tx, by, "provider.add", entry.id, now)
    return entry.id


def change(
    database: Database,
    wanted: Provider,
    services: frozenset[str],
    *,
    by: Member,
    version: int,
    now: datetime,
    today: date,
) -> None:
    """Write an entry anew. Raises WrongEntry, and Conflict when somebody else was first."""
    with database.writing() as tx:
        entry = tidy(wanted)
        _refuse(by, *faults(tx, entry, services, today))
        providers.save(tx, entry, version=version, now=now)
        record(tx, by, "provider.change", entry.id, now)


def remove(
    database: Database, provider_id: UUID, *, by: Member, version: int, now: datetime
) -> None:
    """Take an entry out of the list; referrals that name it still show it. Raises Conflict."""
    _refuse(by)
    with database.writing() as tx:
        providers.remove(tx, provider_id, version=version, now=now)
        record(tx, by, "provider.remove", provider_id, now)


def bring_back(
    database: Database, provider_id: UUID, *, by: Member, version: int, now: datetime
) -> None:
    """List a removed entry again. Raises Conflict."""
    _refuse(by)
    with database.writing() as tx:
        providers.bring_back(tx, provider_id, version=version, now=now)
        record(tx, by, "provider.bring_back", provider_id, now)


def faults(
    tx: Transaction, entry: Provider, services: frozenset[str], today: date
) -> Iterator[tuple[str, str]]:
    """Give everything to mend: what the entry itself shows, and an NPI that stands elsewhere."""
    yield from problems(entry, services, today)
    other = providers.by_npi(tx, entry.npi) if entry.npi else None
    if other is not None and other.id != entry.id:
        yield "npi", doubled_words(other)


def doubled_words(other: Provider) -> str:
    """Say where an NPI stands already, and what to do about it."""
    if other.removed_at is not None:
        return f"This NPI belongs to “{other.name}”, which was removed. Bring that entry back."
    return f"This NPI stands in the directory already, under “{other.name}”."


def record(
    tx: Transaction,
    by: Member,
    action: str,
    provider_id: UUID | None,
    now: datetime,
    words: str = "",
) -> None:
    """Write into the audit what a member of staff did with the directory."""
    audit.record(
        tx,
        actor=Actor("staff", by.id),
        action=action,
        subject=("provider", provider_id) if provider_id else None,
        now=now,
        detail=words,
    )


def _refuse(by: Member, *wrong: tuple[str, str]) -> None:
    if by.role not in KEEPERS:
        raise NotAllowed("A clinician or an admin keeps the directory.")
    if wrong:
        raise WrongEntry(wrong)
