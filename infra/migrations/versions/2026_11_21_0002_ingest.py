"""Tables of the schema `ingest`."""

from alembic import op

from infra.migrations.schema import region_policy, statements

revision = "0002"
down_revision = "0001"

SOURCES = """
CREATE TABLE ingest.source (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('push', 'feed', 'file')),
    network text NOT NULL,
    name text NOT NULL,
    url text,
    municipality text,
    intake text NOT NULL CHECK (intake IN ('all', 'matched')),
    state text NOT NULL CHECK (state IN ('active', 'paused', 'disabled')),
    cursor jsonb NOT NULL DEFAULT '{}',
    poll_every_s integer,
    next_poll_at timestamptz,
    last_ok_at timestamptz,
    last_error text,
    failures integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    UNIQUE (region_id, network, name)
);
CREATE INDEX source_due ON ingest.source (next_poll_at)
    WHERE kind = 'feed' AND state = 'active'
"""

# The id is a UUIDv7: a month of taking in is a range of ids, and a post is found
# in its partition by its id alone. What makes two posts the same post cannot be
# unique across partitions, so it has a small table of its own.
POSTS = """
CREATE TABLE ingest.post (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    source_id uuid NOT NULL,
    batch_id uuid,
    revision integer NOT NULL,
    fingerprint bytea NOT NULL,
    network text NOT NULL,
    kind text NOT NULL,
    external_id text NOT NULL,
    parent_key text,
    url text,
    text text NOT NULL,
    published_at timestamptz NOT NULL,
    edited_at timestamptz,
    received_at timestamptz NOT NULL,
    deleted_at timestamptz,
    metrics jsonb NOT NULL DEFAULT '{}',
    extra jsonb NOT NULL DEFAULT '{}',
    status text NOT NULL DEFAULT 'taken_in',
    topic text,
    topic_name text,
    municipality text,
    municipality_name text,
    incident_id uuid,
    incident_number integer,
    label_version integer NOT NULL DEFAULT 0
) PARTITION BY RANGE (id);
CREATE TABLE ingest.post_default PARTITION OF ingest.post DEFAULT;
CREATE TABLE ingest.post_key (
    region_id integer NOT NULL,
    source_id uuid NOT NULL,
    network_key text NOT NULL,
    post_id uuid NOT NULL,
    PRIMARY KEY (region_id, source_id, network_key)
);
CREATE TABLE ingest.post_revision (
    post_id uuid NOT NULL,
    revision integer NOT NULL,
    region_id integer NOT NULL,
    text text NOT NULL,
    url text,
    edited_at timestamptz,
    replaced_at timestamptz NOT NULL,
    PRIMARY KEY (post_id, revision)
);
CREATE TABLE ingest.sealed_original (
    post_id uuid NOT NULL,
    revision integer NOT NULL,
    region_id integer NOT NULL,
    sealed bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    PRIMARY KEY (post_id, revision)
)
"""

RULES = """
CREATE TABLE ingest.rule_set (
    region_id integer PRIMARY KEY,
    version bigint NOT NULL
);
CREATE TABLE ingest.rule (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    query text NOT NULL,
    topic_code text,
    purpose text NOT NULL,
    owner text NOT NULL,
    expires_on date NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'monitor', 'suspended')),
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    UNIQUE (region_id, name)
);
CREATE TABLE ingest.rule_version (
    rule_id uuid NOT NULL REFERENCES ingest.rule,
    version integer NOT NULL,
    region_id integer NOT NULL,
    name text NOT NULL,
    query text NOT NULL,
    topic_code text,
    purpose text NOT NULL,
    owner text NOT NULL,
    expires_on date NOT NULL,
    state text NOT NULL,
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (rule_id, version)
);
CREATE TABLE ingest.match (
    post_id uuid NOT NULL,
    revision integer NOT NULL,
    rule_id uuid NOT NULL,
    region_id integer NOT NULL,
    rule_version integer NOT NULL,
    monitor boolean NOT NULL,
    positions jsonb NOT NULL,
    PRIMARY KEY (post_id, revision, rule_id)
)
"""

# An index row says that a post differs from its document. The number tells a row
# that was written again meanwhile from the one that was read, also after it has
# been deleted and written anew.
WORK = """
CREATE TABLE ingest.batch (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    post_ids uuid[] NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    error text,
    rings integer NOT NULL DEFAULT 1,
    rung_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    done_at timestamptz
);
CREATE INDEX batch_waiting ON ingest.batch (rung_at) WHERE done_at IS NULL;
CREATE INDEX batch_done ON ingest.batch (done_at) WHERE done_at IS NOT NULL;
CREATE SEQUENCE ingest.index_version;
CREATE TABLE ingest.index_queue (
    post_id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    version bigint NOT NULL DEFAULT nextval('ingest.index_version'),
    indexed_version bigint,
    queued_at timestamptz NOT NULL
);
CREATE INDEX index_queue_order ON ingest.index_queue (region_id, version);
CREATE TABLE ingest.import_run (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    profile text NOT NULL CHECK (profile IN ('posts', 'im47')),
    format text NOT NULL,
    source text NOT NULL,
    network text NOT NULL,
    state text NOT NULL CHECK (state IN ('previewed', 'running', 'done', 'failed')),
    encoding text,
    delimiter text,
    columns jsonb NOT NULL,
    mapping jsonb NOT NULL,
    preview jsonb NOT NULL,
    total integer NOT NULL,
    valid integer NOT NULL,
    taken integer NOT NULL DEFAULT 0,
    accepted integer NOT NULL DEFAULT 0,
    duplicates integer NOT NULL DEFAULT 0,
    rejected_total integer NOT NULL DEFAULT 0,
    rejected jsonb NOT NULL DEFAULT '[]',
    unreadable_total integer NOT NULL DEFAULT 0,
    unreadable jsonb NOT NULL DEFAULT '[]',
    error text,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE TABLE ingest.import_file (
    import_id uuid NOT NULL REFERENCES ingest.import_run,
    part integer NOT NULL,
    region_id integer NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (import_id, part)
);
CREATE TABLE ingest.idempotency (
    region_id integer NOT NULL,
    client text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status integer,
    body jsonb,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (region_id, client, key)
);
CREATE INDEX idempotency_age ON ingest.idempotency (created_at)
"""

PROTECT = "\n".join(
    f"    EXECUTE format($statement${statement}$statement$, name);"
    for statement in region_policy("ingest.%I")
)

# Runs as the owner: the service may ask for a month's partition, not make tables.
# Rows that came while the month had none wait in the default one and move over.
ADD_PARTITION = f"""
CREATE FUNCTION ingest.add_partition(month date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    first timestamp := date_trunc('month', month);
    name text := 'post_' || to_char(first, 'YYYY_MM');
    low uuid := ingest.lowest_id_at(first);
    high uuid := ingest.lowest_id_at(first + interval '1 month');
BEGIN
    PERFORM pg_advisory_xact_lock(7220442);
    IF to_regclass('ingest.' || name) IS NOT NULL THEN
        RETURN false;
    END IF;
    LOCK TABLE ingest.post_default IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE ingest.%I (LIKE ingest.post INCLUDING ALL)', name);
{PROTECT}
    EXECUTE format(
        'WITH moved AS (DELETE FROM ingest.post_default '
        'WHERE id >= %L AND id < %L RETURNING *) '
        'INSERT INTO ingest.%I SELECT * FROM moved', low, high, name);
    EXECUTE format(
        'ALTER TABLE ingest.post ATTACH PARTITION ingest.%I '
        'FOR VALUES FROM (%L) TO (%L)', name, low, high);
    RETURN true;
END $$
"""  # noqa: S608 -- all of it is our own text

LOWEST_ID = """
CREATE FUNCTION ingest.lowest_id_at(moment timestamp) RETURNS uuid
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog AS $$
    SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0')
        || repeat('0', 20))::uuid
$$
"""

REGIONAL = (
    "source",
    "post",
    "post_default",
    "post_key",
    "post_revision",
    "sealed_original",
    "rule_set",
    "rule",
    "rule_version",
    "match",
    "batch",
    "index_queue",
    "import_run",
    "import_file",
    "idempotency",
)


def upgrade() -> None:
    """Bring the schema forward."""
    for script in (SOURCES, POSTS, RULES, WORK):
        for statement in statements(script):
            op.execute(statement)
    for table in REGIONAL:
        for statement in region_policy(f"ingest.{table}"):
            op.execute(statement)
    for statement in (
        LOWEST_ID,
        ADD_PARTITION,
        "REVOKE EXECUTE ON FUNCTION ingest.add_partition FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION ingest.add_partition TO otklik_ingest",
        "GRANT USAGE ON SEQUENCE ingest.index_version TO otklik_ingest",
        (
            "SELECT ingest.add_partition((now() + make_interval(months => ahead))"
            "::date) FROM generate_series(0, 2) AS ahead"
        ),
    ):
        op.execute(statement)
