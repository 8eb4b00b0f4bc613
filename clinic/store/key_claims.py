"""Which keys of the key file the database needs, by its own word, so that none is lost by mistake.

Whoever wraps a data key claims the key of the key file in the same transaction. Rotation lets go
of a key once nothing is wrapped with it any more. The start refuses to go on without a key that
is claimed.

Letting go takes two steps, so that nobody waits while rows are counted. A key is marked as leaving;
whoever wraps with it after that marks it as used again; and only one that is still leaving after
the count is let go of.
"""

import secrets

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from clinic.errors import Misconfigured
from clinic.store.keys import Key, Ring
from clinic.store.tables import meta

CLAIM = "key needed: "
USED = b"used"


def claim(connection: Connection, key: Key) -> None:
    """Say that something is wrapped with a key. It is held until this transaction ends."""
    name = _name(key.id)
    held = select(meta.c.value).where(meta.c.name == name).with_for_update(read=True)
    value = connection.scalar(held)
    if value is None:
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        statement = insert(meta).values(name=name, value=USED)
        again = {"value": USED}
        connection.execute(
            statement.on_conflict_do_update(index_elements=[meta.c.name], set_=again)
        )
    elif value != USED:
        connection.execute(update(meta).where(meta.c.name == name).values(value=USED))


def needed(connection: Connection) -> list[str]:
    """Give the ids of the keys that are claimed."""
    names = connection.scalars(select(meta.c.name).where(meta.c.name.startswith(CLAIM)))
    return sorted(name.removeprefix(CLAIM) for name in names)


def check(connection: Connection, ring: Ring) -> None:
    """See that every claimed key is at hand; a database that claims none yet claims them all.

    Raises Misconfigured.
    """
    wanted = needed(connection)
    if not wanted:
        for key in ring.keys:
            claim(connection, key)
        return
    have = {key.id for key in ring.keys}
    lacking = [key_id for key_id in wanted if key_id not in have]
    if lacking:
        raise Misconfigured(
            f"Something in this database can be opened only with the key {', '.join(lacking)}, "
            "which is not among the keys at hand. Put it back, after the key in use; "
            "`clinic keys rotate` makes it dispensable."
        )


def mark_leaving(connection: Connection, key_id: str) -> bytes:
    """Mark a key that nothing should be wrapped with any more, and give the mark."""
    mark = b"leaving " + secrets.token_bytes(8)
    connection.execute(update(meta).where(meta.c.name == _name(key_id)).values(value=mark))
    return mark


def let_go(connection: Connection, key_id: str, mark: bytes) -> bool:
    """Let go of a key that is still leaving; False when somebody used it meanwhile."""
    still = (meta.c.name == _name(key_id)) & (meta.c.value == mark)
    return connection.execute(delete(meta).where(still)).rowcount == 1


def _name(key_id: str) -> str:
    return f"{CLAIM}{key_id}"
