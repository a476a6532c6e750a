"""Tables of the schema `search`."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the schema forward."""
    op.execute("SELECT 1")
