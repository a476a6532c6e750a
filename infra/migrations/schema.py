"""SQL the migrations share: roles, mailboxes, grants and row-level security."""

SERVICES = ("ingest", "triage", "reports")

MAILBOX = """
CREATE TABLE {schema}.outbox (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    rung_at timestamptz NOT NULL,
    rings integer NOT NULL DEFAULT 1
);
CREATE INDEX ON {schema}.outbox (rung_at);
CREATE TABLE {schema}.inbox (
    message_id uuid PRIMARY KEY,
    kind text NOT NULL,
    handled_at timestamptz NOT NULL
);
CREATE INDEX ON {schema}.inbox (handled_at);
CREATE TABLE {schema}.dead_letter (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    kind text NOT NULL,
    body jsonb NOT NULL,
    error text NOT NULL,
    tries integer NOT NULL,
    buried_at timestamptz NOT NULL,
    replayed_at timestamptz
);
"""


def statements(script: str) -> list[str]:
    """Split a script of plain statements (no function bodies) at its semicolons."""
    return [part.strip() for part in script.split(";") if part.strip()]


def region_policy(table: str) -> list[str]:
    """Let a role see only rows of the region its transaction has named.

    The setting is read once a query (a sub-select), not once a row: that halves
    the cost of counting, and lets the planner estimate how many rows there are.
    SQL promises no order of OR, so what is no number must not reach the cast.
    Queries still name the region themselves, which is what their indexes serve.
    """
    setting = "current_setting('otklik.region_id', true)"
    number = f"NULLIF(NULLIF({setting}, '*'), '')::integer"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        (
            f"CREATE POLICY region ON {table} USING "
            f"((SELECT {setting} = '*') OR region_id = (SELECT {number}))"
        ),
    ]


def grants(schema: str, role: str) -> list[str]:
    """Give a role its own schema, and whatever is created there later."""
    return [
        f"GRANT USAGE ON SCHEMA {schema} TO {role}",
        (
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} "
            f"TO {role}"
        ),
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        (
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} "
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"
        ),
    ]
