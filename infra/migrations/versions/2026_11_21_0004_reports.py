"""Tables of the schema `reports`."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Bring the schema forward."""
    op.execute("SELECT 1")
