"""What searches of VK remember is sealed: it holds the walls of people."""

import base64
import json
from typing import Any

from alembic import context, op
from pydantic import SecretStr
from sqlalchemy import Connection, text

from shared.vault import vault_of

revision = "0015"
down_revision = "0014"

# As services/ingest/handlers/cursors.py and sources/vk/search.py have it.
OF_PEOPLE = ("slices", "walls")

FIND = """
SELECT id, cursor FROM ingest.source
WHERE network = 'vk' AND place_kind = 'search' AND cursor ?| ARRAY['slices', 'walls']
"""
KEEP = "UPDATE ingest.source SET cursor = CAST(:cursor AS jsonb) WHERE id = :id"


def upgrade() -> None:
    """Bring the rows forward; needs the installation's secret where a search ran."""
    seal(op.get_bind(), context.config.attributes.get("secret"))


def seal(connection: Connection, secret: SecretStr | None) -> None:
    """Seal what the searches there are remember."""
    for row in connection.execute(text(FIND)).all():
        cursor: dict[str, Any] = dict(row.cursor)
        people = {name: each for name in OF_PEOPLE if (each := cursor.pop(name, None))}
        if people:
            place = f"cursor of source {row.id}"
            packed = vault_of(secret).seal(json.dumps(people), place)
            cursor["sealed"] = base64.b64encode(packed).decode()
        connection.execute(text(KEEP), {"id": row.id, "cursor": json.dumps(cursor)})
