"""Ids that sort by the time they were made."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Make the id of a new row: a UUID of version 7."""
    return uuid7()
