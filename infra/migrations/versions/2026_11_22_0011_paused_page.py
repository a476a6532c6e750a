"""An official page may be paused: what waits to go out from it goes on waiting."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Bring the schema forward."""
    op.execute("ALTER TABLE triage.official_page ADD COLUMN paused_at timestamptz")
