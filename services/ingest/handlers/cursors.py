"""What a poller must know the next time, as it is kept: residents' numbers sealed."""

import base64
import json
from typing import Any, Final
from uuid import UUID

from services.ingest.sources.base import OF_PEOPLE, Cursor
from shared.errors import Unavailable
from shared.logs import log
from shared.vault import Vault

_SEALED: Final = "sealed"
"""Stands in a stored cursor where `OF_PEOPLE` stands in an open one."""


def sealed(cursor: Cursor, vault: Vault, source_id: UUID) -> dict[str, Any]:
    """Seal what a cursor holds of people; without such a part it stays as it is."""
    kept = {name: each for name, each in cursor.items() if name != OF_PEOPLE}
    people = cursor.get(OF_PEOPLE)
    if people:
        packed = vault.seal(json.dumps(people), _place(source_id))
        kept[_SEALED] = base64.b64encode(packed).decode()
    return kept


def opened(stored: Cursor, vault: Vault, source_id: UUID) -> Cursor:
    """Undo `sealed`.

    What does not open, because the installation's secret is another, is forgotten: the
    source goes on from where it was, and others that are asked with it do, too.
    """
    if _SEALED not in stored:
        return stored
    kept = {name: each for name, each in stored.items() if name != _SEALED}
    try:
        people = vault.unseal(base64.b64decode(stored[_SEALED]), _place(source_id))
    except Unavailable:
        log.warning("cursor.does_not_open", source_id=str(source_id))
        return kept
    return {**kept, OF_PEOPLE: json.loads(people)}


def _place(source_id: UUID) -> str:
    return f"cursor of source {source_id}"
