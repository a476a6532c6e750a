"""Posts of a source that was renamed are indexed anew, portion by portion."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Bring the schema forward."""
    op.execute("ALTER TABLE ingest.source ADD COLUMN index_after timestamptz")
