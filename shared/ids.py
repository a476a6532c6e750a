"""Time-ordered identifiers (UUID version 7)."""

from datetime import datetime
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a new UUIDv7: sorts by the moment it was made."""
    return uuid7()


def lowest_id_at(moment: datetime) -> UUID:
    """Return the smallest UUIDv7 of a moment: the bound of a monthly partition."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=milliseconds << 80)
