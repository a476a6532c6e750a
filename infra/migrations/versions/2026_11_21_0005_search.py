"""Tables of the schema `search`."""

from alembic import op

from shared.search import postgres_schema

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the schema forward."""
    for statement in [
        *postgres_schema.create(),
        *postgres_schema.grant("otklik_ingest"),
    ]:
        op.execute(statement)
