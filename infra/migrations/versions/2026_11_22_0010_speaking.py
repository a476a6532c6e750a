"""Answering speaks with the tokens that ingest keeps: read, and renewed, no more."""

from alembic import op

revision = "0010"
down_revision = "0009"

# Which rows is said by the policy of the table: those of one region at a time. To
# lock a row, a role must be allowed to change something of it.
GRANTS = (
    "GRANT USAGE ON SCHEMA ingest TO otklik_triage",
    "GRANT SELECT ON ingest.credential TO otklik_triage",
    "GRANT UPDATE (sealed) ON ingest.credential TO otklik_triage",
)


def upgrade() -> None:
    """Bring the schema forward."""
    for statement in GRANTS:
        op.execute(statement)
