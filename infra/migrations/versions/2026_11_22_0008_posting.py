"""Official pages, the outbox of answers, and incidents that were withdrawn."""

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op

from infra.migrations.schema import region_policy, statements

revision = "0008"
down_revision = "0007"

DICTIONARY = Path(__file__).parents[1] / "data" / "kpi_definition_2.json"

# A post's own name in its network; older rows have none, they are named by our id.
KEYS = """
ALTER TABLE triage.candidate ADD post_key text, ADD parent_key text;
ALTER TABLE triage.incident_post ADD post_key text, ADD parent_key text
"""

# Only a page that is registered here speaks; `credential` names a secret, and is
# none. `answer` counts the answers under one post: the first is 1, a further one
# exists only because a person asked for it.
TABLES = """
CREATE TABLE triage.official_page (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    network text NOT NULL,
    native_id text NOT NULL,
    name text NOT NULL,
    url text,
    credential text,
    speakers text[] NOT NULL CHECK (cardinality(speakers) > 0),
    authority text,
    registered_at timestamptz NOT NULL,
    registered_by uuid,
    registered_by_name text NOT NULL,
    retired_at timestamptz,
    UNIQUE (region_id, network, native_id),
    FOREIGN KEY (region_id, authority) REFERENCES triage.authority
);
CREATE TABLE triage.posting (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    reply_id uuid NOT NULL REFERENCES triage.reply,
    incident_id uuid NOT NULL REFERENCES triage.incident,
    text_version integer NOT NULL,
    text_hash text NOT NULL,
    post_id uuid NOT NULL,
    item_key text NOT NULL,
    answer integer NOT NULL CHECK (answer > 0),
    further boolean NOT NULL,
    page_id uuid NOT NULL REFERENCES triage.official_page,
    approver_id uuid NOT NULL,
    approver_name text NOT NULL,
    approved_at timestamptz NOT NULL,
    asked_at timestamptz NOT NULL,
    asked_by uuid,
    asked_by_name text NOT NULL,
    guid text NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'approved', 'sending', 'sent',
        'unknown', 'failed', 'cancelled')),
    due_at timestamptz,
    holder uuid,
    tries integer NOT NULL DEFAULT 0,
    first_started_at timestamptz,
    started_at timestamptz,
    lost_at timestamptz,
    looks integer NOT NULL DEFAULT 0,
    obstacle text,
    message text,
    link text,
    native_id text,
    snapshot jsonb,
    sent_at timestamptz,
    settled_by uuid,
    settled_by_name text,
    CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
    CHECK (state <> 'sent' OR link IS NOT NULL),
    CHECK (state <> 'sending' OR started_at IS NOT NULL),
    CHECK (state NOT IN ('draft', 'sent', 'failed', 'cancelled') OR due_at IS NULL)
);
CREATE UNIQUE INDEX posting_one_answer ON triage.posting (region_id, item_key, answer)
    WHERE state IN ('approved', 'sending', 'unknown', 'sent');
CREATE UNIQUE INDEX posting_in_flight ON triage.posting (region_id, item_key)
    WHERE state IN ('approved', 'sending', 'unknown');
CREATE INDEX posting_reply ON triage.posting (reply_id, id);
CREATE INDEX posting_incident ON triage.posting (incident_id, id);
CREATE INDEX posting_due ON triage.posting (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX posting_page ON triage.posting (page_id, id DESC) WHERE state = 'sent'
"""

# The rules of services/triage/domain/posting.py once more, for whoever writes to the
# table by another way: an end is an end, and what goes out is a named person's
# approval of exactly this text.
GUARD = """
CREATE FUNCTION triage.guard_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state <> NEW.state
            AND OLD.state IN ('sent', 'failed', 'cancelled') THEN
        RAISE EXCEPTION 'a posting that is % does not become %', OLD.state, NEW.state
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state IN ('approved', 'sending') AND NOT EXISTS (
        SELECT FROM triage.reply
        JOIN triage.reply_version AS version ON version.reply_id = reply.id
            AND version.n = NEW.text_version
        JOIN triage.approval ON approval.reply_id = reply.id
            AND approval.n = NEW.text_version
        WHERE reply.id = NEW.reply_id
            AND reply.approved_version = NEW.text_version
            AND reply.text_version = NEW.text_version
            AND reply.approved_by = NEW.approver_id
            AND approval.verdict = 'approved' AND approval.by_id = NEW.approver_id
            AND encode(sha256(convert_to(version.text, 'UTF8')), 'hex')
                = NEW.text_hash
    ) THEN
        RAISE EXCEPTION 'posting %: nobody has approved this text', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
GUARDED = """
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON triage.posting
    FOR EACH ROW EXECUTE FUNCTION triage.guard_posting()
"""
# A text that changes drops the approval of what waits to be sent, whoever changes it.
DROP = """
CREATE FUNCTION triage.drop_approval() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE triage.posting SET state = 'draft', due_at = NULL, holder = NULL
    WHERE reply_id = NEW.id AND state = 'approved'
        AND (text_version <> NEW.text_version
            OR text_version IS DISTINCT FROM NEW.approved_version);
    RETURN NULL;
END $$
"""
DROPPED = """
CREATE TRIGGER drop_approval
    AFTER UPDATE OF text_version, approved_version ON triage.reply
    FOR EACH ROW EXECUTE FUNCTION triage.drop_approval()
"""

# Which words were sent before, as the approver was told.
APPROVALS = """
ALTER TABLE triage.approval ADD copy_of uuid
"""

WITHDRAWN = """
ALTER TABLE triage.incident DROP CONSTRAINT incident_check;
ALTER TABLE triage.incident ADD CONSTRAINT incident_ended
    CHECK ((status IN ('closed', 'withdrawn')) = (closed_at IS NOT NULL));
ALTER TABLE triage.incident ADD CONSTRAINT incident_withdrawn
    CHECK (status <> 'withdrawn' OR answered_at IS NULL);
DROP INDEX triage.incident_waiting;
CREATE INDEX incident_waiting
    ON triage.incident (region_id, deadline_at) INCLUDE (authority)
    WHERE answered_at IS NULL AND closed_at IS NULL;
CREATE INDEX incident_fact_withdrawn
    ON reports.incident_fact (region_id, closed_at) WHERE status = 'withdrawn'
"""

# Nobody knows what became of answers that were on their way in the moment of the
# upgrade: a person has to look at the page before they go out again.
IN_FLIGHT = """
UPDATE triage.reply SET status = 'approved', publish_rung_at = NULL,
    publish_error = 'It was on its way during an upgrade: look whether it is there.'
    WHERE status = 'publishing';
UPDATE triage.incident SET status = 'approved', version = version + 1
    WHERE status = 'publishing'
"""

TENANTS = ("official_page", "posting")


def upgrade() -> None:
    """Bring the schema forward."""
    for part in (KEYS, TABLES, APPROVALS, WITHDRAWN, IN_FLIGHT):
        for statement in statements(part):
            op.execute(statement)
    for whole in (GUARD, GUARDED, DROP, DROPPED):
        op.execute(whole)
    for table in TENANTS:
        for statement in region_policy(f"triage.{table}"):
            op.execute(statement)
    op.bulk_insert(_definitions(), json.loads(DICTIONARY.read_text("utf-8")))


def _definitions() -> sa.TableClause:
    texts = ("code", "kind", "name_ru", "name_en", "formula_ru", "formula_en", "unit")
    return sa.table(
        "kpi_definition",
        *(sa.column(name, sa.Text) for name in texts),
        *(sa.column(name, sa.Integer) for name in ("version", "position")),
        schema="reports",
    )
