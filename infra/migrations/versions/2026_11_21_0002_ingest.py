"""Tables of the schema `ingest`."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Bring the schema forward."""
    op.execute("SELECT 1")
