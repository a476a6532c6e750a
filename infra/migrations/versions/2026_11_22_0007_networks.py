"""Watched networks: credentials, hooks, figures, raw payloads, keys across sources."""

from uuid import NAMESPACE_URL, uuid5

from alembic import op
from sqlalchemy import text

from infra.migrations.schema import region_policy, statements

revision = "0007"
down_revision = "0006"

CREDENTIALS = """
CREATE TABLE ingest.credential (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    network text NOT NULL,
    kind text NOT NULL,
    label text NOT NULL,
    sealed bytea NOT NULL,
    version integer NOT NULL DEFAULT 1,
    state text NOT NULL CHECK (state IN ('ok', 'refused', 'expired')),
    last_error text,
    error_code text,
    expires_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    UNIQUE (region_id, network, label)
)
"""

SOURCES = """
ALTER TABLE ingest.source DROP CONSTRAINT source_kind_check;
ALTER TABLE ingest.source ADD CONSTRAINT source_kind_check
    CHECK (kind IN ('push', 'feed', 'file', 'page', 'webhook'));
ALTER TABLE ingest.source
    ADD COLUMN place_kind text,
    ADD COLUMN native text,
    ADD COLUMN credential_id uuid REFERENCES ingest.credential ON DELETE SET NULL,
    ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN accepted_by text,
    ADD COLUMN accepted_at timestamptz,
    ADD COLUMN stop_reason text,
    ADD COLUMN error_kind text,
    ADD COLUMN error_code text,
    ADD COLUMN failing_since timestamptz,
    ADD COLUMN lag_s integer,
    ADD COLUMN skew_s integer,
    ADD COLUMN unknown jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN next_figures_at timestamptz,
    ADD COLUMN hook_turn integer NOT NULL DEFAULT 1;
DROP INDEX ingest.source_due;
CREATE INDEX source_due ON ingest.source (next_poll_at)
    WHERE kind IN ('feed', 'page') AND state = 'active';
CREATE INDEX source_figures_due ON ingest.source (next_figures_at)
    WHERE kind = 'page' AND state = 'active';
CREATE UNIQUE INDEX source_place
    ON ingest.source (region_id, network, place_kind, native)
    WHERE native IS NOT NULL
"""

OTHERS = """
CREATE TABLE ingest.hook_event (
    source_id uuid NOT NULL,
    event_id text NOT NULL,
    region_id integer NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (source_id, event_id)
);
CREATE INDEX hook_event_age ON ingest.hook_event (received_at);
CREATE TABLE ingest.page_stat (
    source_id uuid NOT NULL,
    name text NOT NULL,
    method text NOT NULL,
    day date NOT NULL,
    region_id integer NOT NULL,
    value bigint NOT NULL,
    as_of timestamptz NOT NULL,
    precision text NOT NULL CHECK (precision IN ('exact', 'rounded')),
    PRIMARY KEY (source_id, name, method, day)
);
CREATE TABLE ingest.raw_payload (
    post_id uuid NOT NULL,
    revision integer NOT NULL,
    region_id integer NOT NULL,
    sealed bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    PRIMARY KEY (post_id, revision)
);
ALTER TABLE ingest.post
    ADD COLUMN evidence text,
    ADD COLUMN missing_polls integer NOT NULL DEFAULT 0,
    ADD COLUMN metrics_at timestamptz;
CREATE INDEX post_of_source ON ingest.post (source_id, published_at)
    WHERE deleted_at IS NULL;
ALTER TABLE ingest.post_key RENAME COLUMN source_id TO scope
"""

TABLES = ("credential", "hook_event", "page_stat", "raw_payload")

# Files bring posts of networks under the networks' own keys. Those keys become the
# network's, so that a watched page meets them. Where two files brought one post,
# the earlier one keeps it. Patterns as in services/ingest/domain/keys.py then.
NATIVE = {
    "vk": r"^[a-z]{1,20}:-?\d{1,15}_\d{1,15}(_\d{1,15})?$",
    "ok": r"^topic:\d{1,20}$",
    "telegram": r"^(c/\d{1,15}|[a-z]\w{3,31})/\d{1,12}(\?comment=\d{1,12})?$",
    "livejournal": r"^\w{1,40}:\d{1,12}(:\d{1,12})?$",
}
RESCOPE = """
UPDATE ingest.post_key AS k SET scope = CAST(:scope AS uuid)
FROM (
    SELECT DISTINCT ON (k.region_id, k.network_key)
        k.region_id, k.scope, k.network_key
    FROM ingest.post_key AS k
    JOIN ingest.source AS s ON s.id = k.scope AND s.kind = 'file'
    JOIN ingest.post AS p ON p.id = k.post_id
    WHERE p.network = :network AND k.network_key ~ :pattern
    ORDER BY k.region_id, k.network_key, k.post_id
) AS first
WHERE k.region_id = first.region_id AND k.scope = first.scope
    AND k.network_key = first.network_key
"""


def upgrade() -> None:
    """Bring the schema forward."""
    for script in (CREDENTIALS, SOURCES, OTHERS):
        for statement in statements(script):
            op.execute(statement)
    for table in TABLES:
        for statement in region_policy(f"ingest.{table}"):
            op.execute(statement)
    # Figures are never overwritten: the database itself sees to it.
    op.execute("REVOKE UPDATE ON ingest.page_stat FROM otklik_ingest")
    for network, pattern in NATIVE.items():
        scope = uuid5(NAMESPACE_URL, f"otklik:network:{network}")
        op.execute(
            text(RESCOPE).bindparams(scope=scope, network=network, pattern=pattern)
        )
