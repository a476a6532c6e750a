"""What a poll that went well tells is kept as codes with figures."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Bring the schema forward."""
    op.execute(
        "ALTER TABLE ingest.source ADD COLUMN remarks jsonb NOT NULL DEFAULT '[]'"
    )
