"""Tables of the schema `triage`."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring the schema forward."""
    op.execute("SELECT 1")
