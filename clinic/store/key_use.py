"""Which keys of the key file are needed: each data key says by which of them it was wrapped."""

from collections import Counter

from sqlalchemy import Table, func, select

from clinic.store.database import Transaction
from clinic.store.keys import ID_BYTES, Ring
from clinic.store.referral_tables import invitation
from clinic.store.sealing import key_id_of, wrapping_id
from clinic.store.tables import intake, meta, patient

DATA_KEYS: tuple[Table, ...] = (intake, patient, invitation)
"""The tables whose rows have a data key of their own, in the column `data_key`."""


def counts(tx: Transaction) -> dict[str, Counter[bytes]]:
    """Give how many keys each key of the key file wraps, by table; the root key is in `meta`."""
    found = {table.name: _counted(tx, table) for table in DATA_KEYS}
    wrapped = tx.execute(select(meta.c.value).where(meta.c.name == "root key")).scalars()
    found[meta.name] = Counter(key_id_of(value) for value in wrapped)
    return found


def total(found: dict[str, Counter[bytes]]) -> Counter[bytes]:
    """Give how many keys each key of the key file wraps, over all tables."""
    return sum(found.values(), Counter())


def name_of(keyring: Ring, wrapping: bytes) -> str:
    """Give the id of the key that wraps with this id; one that is not there is named by it."""
    for key in keyring.keys:
        if wrapping_id(key) == wrapping:
            return key.id
    return f"unknown {wrapping.hex()}"


def _counted(tx: Transaction, table: Table) -> Counter[bytes]:
    wrapped_by = func.substr(table.c.data_key, 2, ID_BYTES).label("wrapped_by")
    rows = tx.execute(select(wrapped_by, func.count().label("number")).group_by(wrapped_by))
    return Counter({bytes(row.wrapped_by): int(row.number) for row in rows})
