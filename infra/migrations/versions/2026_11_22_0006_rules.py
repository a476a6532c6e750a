"""Rules as reviewed objects: what they suggest, how good they are, dry runs."""

from alembic import op

from infra.migrations.schema import region_policy, statements

revision = "0006"
down_revision = "0005"

RULES = """
ALTER TABLE ingest.rule
    ADD authority_code text,
    ADD municipality text,
    ADD state_reason text,
    ADD measured_from integer NOT NULL DEFAULT 1,
    ADD flagged_at timestamptz;
ALTER TABLE ingest.rule_version
    ADD authority_code text,
    ADD municipality text,
    ADD reason text NOT NULL DEFAULT '';
ALTER TABLE ingest.rule_set ADD hits_counted_to date;
CREATE INDEX match_of_rule ON ingest.match (rule_id, post_id)
"""

# Verdicts say what moderators made of each hit; the weeks are their sums, kept up
# to date with them, so that judging a rule never reads more than a year of weeks.
QUALITY = """
CREATE TABLE ingest.rule_verdict (
    post_id uuid NOT NULL,
    rule_id uuid NOT NULL,
    region_id integer NOT NULL,
    rule_version integer NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('accepted', 'noise', 'opinion', 'other')),
    week date NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (post_id, rule_id)
);
CREATE INDEX rule_verdict_latest ON ingest.rule_verdict (rule_id, decided_at DESC);
CREATE TABLE ingest.rule_week (
    rule_id uuid NOT NULL,
    rule_version integer NOT NULL,
    week date NOT NULL,
    region_id integer NOT NULL,
    accepted integer NOT NULL DEFAULT 0,
    noise integer NOT NULL DEFAULT 0,
    opinion integer NOT NULL DEFAULT 0,
    other integer NOT NULL DEFAULT 0,
    PRIMARY KEY (rule_id, rule_version, week)
);
CREATE TABLE ingest.rule_day (
    region_id integer NOT NULL,
    day date NOT NULL,
    rule_id uuid NOT NULL,
    hits integer NOT NULL,
    PRIMARY KEY (region_id, day, rule_id)
)
"""

DRY_RUNS = """
CREATE TABLE ingest.dry_run (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    rule_id uuid,
    query text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
    first_id uuid NOT NULL,
    last_id uuid NOT NULL,
    at_id uuid NOT NULL,
    total integer,
    seen integer NOT NULL DEFAULT 0,
    hits integer NOT NULL DEFAULT 0,
    alone integer NOT NULL DEFAULT 0,
    candidates integer NOT NULL DEFAULT 0,
    days jsonb NOT NULL DEFAULT '{}',
    shared jsonb NOT NULL DEFAULT '{}',
    samples jsonb NOT NULL DEFAULT '[]',
    error text,
    rings integer NOT NULL DEFAULT 1,
    rung_at timestamptz NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX dry_run_running ON ingest.dry_run (rung_at) WHERE state = 'running'
"""

REGIONAL = ("rule_verdict", "rule_week", "rule_day", "dry_run")


def upgrade() -> None:
    """Bring the schema forward."""
    for script in (RULES, QUALITY, DRY_RUNS):
        for statement in statements(script):
            op.execute(statement)
    for table in REGIONAL:
        for statement in region_policy(f"ingest.{table}"):
            op.execute(statement)
