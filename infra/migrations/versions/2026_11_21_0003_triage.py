"""Tables of the schema `triage`."""

from alembic import op

from infra.migrations.schema import region_policy, statements

revision = "0003"
down_revision = "0002"

REFERENCE = """
CREATE TABLE triage.topic_group (
    region_id integer NOT NULL,
    code text NOT NULL,
    position integer NOT NULL,
    name_ru text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    PRIMARY KEY (region_id, code)
);
CREATE TABLE triage.topic (
    region_id integer NOT NULL,
    code text NOT NULL,
    group_code text NOT NULL,
    position integer NOT NULL,
    name_ru text NOT NULL,
    name_en text NOT NULL DEFAULT '',
    is_urgent boolean NOT NULL DEFAULT false,
    PRIMARY KEY (region_id, code),
    FOREIGN KEY (region_id, group_code) REFERENCES triage.topic_group
);
CREATE TABLE triage.authority (
    region_id integer NOT NULL,
    code text NOT NULL,
    position integer NOT NULL,
    name text NOT NULL,
    short_name text NOT NULL,
    PRIMARY KEY (region_id, code)
);
CREATE TABLE triage.routing_rule (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    position integer NOT NULL,
    topic text,
    topic_group text,
    municipality text,
    authority text NOT NULL,
    UNIQUE (region_id, position),
    FOREIGN KEY (region_id, topic) REFERENCES triage.topic,
    FOREIGN KEY (region_id, topic_group) REFERENCES triage.topic_group,
    FOREIGN KEY (region_id, authority) REFERENCES triage.authority
);
CREATE TABLE triage.calendar_day (
    region_id integer NOT NULL,
    day date NOT NULL,
    kind text NOT NULL CHECK (kind IN ('off', 'short', 'working')),
    PRIMARY KEY (region_id, day)
)
"""

# The queue. `urgency` is 0 for high and 1 for normal, so that one index gives the
# order of work; `words` are hashes of the text's dictionary forms, for searching.
QUEUE = """
CREATE TABLE triage.candidate (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    post_id uuid NOT NULL,
    revision integer NOT NULL,
    network text NOT NULL,
    kind text NOT NULL,
    source_id uuid NOT NULL,
    source_name text NOT NULL,
    url text,
    published_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    text text NOT NULL,
    matches jsonb NOT NULL,
    words integer[] NOT NULL,
    topic text,
    topic_confidence real,
    municipality text,
    authority text,
    reasons jsonb NOT NULL,
    urgency smallint NOT NULL CHECK (urgency IN (0, 1)),
    deadline_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('new', 'decided', 'gone')),
    decision text CHECK (decision IN ('open', 'join', 'not_complaint', 'noise')),
    tone text,
    note text,
    incident_id uuid,
    decided_at timestamptz,
    decided_by uuid,
    decided_by_name text,
    version integer NOT NULL,
    UNIQUE (region_id, post_id),
    CHECK ((status = 'decided') = (decision IS NOT NULL))
);
CREATE INDEX candidate_urgent
    ON triage.candidate (region_id, urgency, deadline_at, id) WHERE status = 'new';
CREATE INDEX candidate_newest
    ON triage.candidate (region_id, status, received_at DESC, id DESC);
CREATE TABLE triage.queue_tally (
    region_id integer NOT NULL,
    urgency smallint NOT NULL,
    deadline_at timestamptz NOT NULL,
    delta integer NOT NULL
);
CREATE INDEX ON triage.queue_tally (region_id)
"""

# Counting 50,000 waiting rows for each page would be slow: every statement that
# changes the queue leaves its difference here, and the counters are sums. Adding
# rows instead of changing one lets many transactions do it at once; old rows are
# folded together by the worker. A trigger, so that no way of changing a candidate
# can forget it.
TALLY = """
CREATE FUNCTION triage.tally_queue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO triage.queue_tally
            SELECT region_id, urgency, deadline_at, count(*)
            FROM after WHERE status = 'new' GROUP BY 1, 2, 3;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO triage.queue_tally
            SELECT region_id, urgency, deadline_at, -count(*)
            FROM before WHERE status = 'new' GROUP BY 1, 2, 3;
    ELSE
        INSERT INTO triage.queue_tally
            SELECT region_id, urgency, deadline_at, sum(delta) FROM (
                SELECT region_id, urgency, deadline_at, 1 AS delta
                    FROM after WHERE status = 'new'
                UNION ALL
                SELECT region_id, urgency, deadline_at, -1
                    FROM before WHERE status = 'new'
            ) AS changed GROUP BY 1, 2, 3 HAVING sum(delta) <> 0;
    END IF;
    RETURN NULL;
END $$
"""
TALLY_TRIGGERS = {
    "INSERT": "NEW TABLE AS after",
    "UPDATE": "OLD TABLE AS before NEW TABLE AS after",
    "DELETE": "OLD TABLE AS before",
}

CASES = """
CREATE TABLE triage.incident_counter (
    region_id integer PRIMARY KEY,
    last_number integer NOT NULL
);
CREATE TABLE triage.incident (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    number integer NOT NULL,
    title text NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    urgency smallint NOT NULL CHECK (urgency IN (0, 1)),
    topic text,
    municipality text,
    place text,
    authority text,
    executor_id uuid,
    executor_name text,
    words text[] NOT NULL,
    post_count integer NOT NULL,
    received_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by uuid,
    opened_by_name text NOT NULL,
    deadline_at timestamptz NOT NULL,
    answered_at timestamptz,
    answer_minutes integer,
    answered_in_time boolean,
    closed_at timestamptz,
    outcome text,
    closing_reason text,
    promised_on date,
    proof text,
    imported_number text,
    version integer NOT NULL,
    UNIQUE (region_id, number),
    CHECK ((status = 'closed') = (closed_at IS NOT NULL)),
    CHECK ((answered_at IS NULL) = (answer_minutes IS NULL))
);
CREATE UNIQUE INDEX incident_imported
    ON triage.incident (region_id, imported_number) WHERE imported_number IS NOT NULL;
CREATE INDEX incident_status
    ON triage.incident (region_id, status, authority, number DESC);
CREATE INDEX incident_authority ON triage.incident (region_id, authority, number DESC);
CREATE INDEX incident_waiting
    ON triage.incident (region_id, deadline_at) INCLUDE (authority)
    WHERE answered_at IS NULL AND status <> 'closed';
CREATE TABLE triage.incident_post (
    region_id integer NOT NULL,
    post_id uuid NOT NULL,
    incident_id uuid NOT NULL REFERENCES triage.incident,
    revision integer NOT NULL,
    network text NOT NULL,
    kind text NOT NULL,
    source_name text NOT NULL,
    url text,
    text text NOT NULL,
    matches jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    joined_at timestamptz NOT NULL,
    edited_at timestamptz,
    deleted_at timestamptz,
    PRIMARY KEY (region_id, post_id)
);
CREATE INDEX ON triage.incident_post (incident_id)
"""

ANSWERS = """
CREATE TABLE triage.reply (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    incident_id uuid NOT NULL REFERENCES triage.incident,
    round integer NOT NULL,
    status text NOT NULL,
    text_version integer NOT NULL,
    text_author uuid,
    text_hash text NOT NULL,
    copy_of uuid,
    approved_version integer,
    approved_by uuid,
    approved_by_name text,
    approved_at timestamptz,
    publish_post_id uuid,
    publish_attempts integer NOT NULL DEFAULT 0,
    publish_rung_at timestamptz,
    publish_error text,
    published_at timestamptz,
    published_by uuid,
    published_by_name text,
    published_link text,
    imported boolean NOT NULL DEFAULT false,
    UNIQUE (incident_id, round),
    CHECK (published_at IS NULL OR approved_by IS NOT NULL OR imported)
);
CREATE INDEX reply_latest ON triage.reply (region_id, id DESC);
CREATE INDEX reply_publishing
    ON triage.reply (publish_rung_at) WHERE status = 'publishing';
CREATE TABLE triage.reply_version (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    reply_id uuid NOT NULL REFERENCES triage.reply,
    n integer NOT NULL,
    text text NOT NULL,
    author_id uuid,
    author_name text NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (reply_id, n)
);
CREATE TABLE triage.approval (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    reply_id uuid NOT NULL REFERENCES triage.reply,
    n integer NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('approved', 'returned')),
    remark text,
    by_id uuid NOT NULL,
    by_name text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX ON triage.approval (reply_id);
CREATE TABLE triage.status_change (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    incident_id uuid NOT NULL REFERENCES triage.incident,
    at timestamptz NOT NULL,
    action text NOT NULL,
    status text NOT NULL,
    actor_id uuid,
    actor_name text NOT NULL,
    detail text
);
CREATE INDEX ON triage.status_change (incident_id, id);
CREATE SEQUENCE triage.label_version
"""

TENANTS = (
    "topic_group",
    "topic",
    "authority",
    "routing_rule",
    "calendar_day",
    "candidate",
    "queue_tally",
    "incident_counter",
    "incident",
    "incident_post",
    "reply",
    "reply_version",
    "approval",
    "status_change",
)


def upgrade() -> None:
    """Bring the schema forward."""
    for part in (REFERENCE, QUEUE, CASES, ANSWERS):
        for statement in statements(part):
            op.execute(statement)
    op.execute(TALLY)
    for event, rows in TALLY_TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER tally_{event.lower()} AFTER {event} ON triage.candidate "
            f"REFERENCING {rows} FOR EACH STATEMENT "
            "EXECUTE FUNCTION triage.tally_queue()"
        )
    for table in TENANTS:
        for statement in region_policy(f"triage.{table}"):
            op.execute(statement)
    op.execute("GRANT USAGE ON SEQUENCE triage.label_version TO otklik_triage")
