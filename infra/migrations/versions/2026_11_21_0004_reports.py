"""Tables of the schema `reports`: facts, their roll-up, names, KPI dictionary."""

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

from infra.migrations.schema import region_policy, statements

revision = "0004"
down_revision = "0003"

DICTIONARY = Path(__file__).parents[1] / "data" / "kpi_definition_1.json"

# Facts carry no link to a person: neither a resident nor an official is counted.
TABLES = """
CREATE TABLE reports.incident_fact (
    region_id integer NOT NULL,
    incident_id uuid NOT NULL,
    version integer NOT NULL,
    number integer NOT NULL,
    status text NOT NULL,
    topic text,
    topic_group text,
    municipality text,
    authority text,
    posts integer NOT NULL,
    received_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    deadline_at timestamptz,
    answered_at timestamptz,
    answer_minutes integer,
    answered_in_time boolean,
    settled_at timestamptz,
    closed_at timestamptz,
    outcome text,
    closing_reason text,
    promised_on date,
    imported boolean NOT NULL,
    PRIMARY KEY (region_id, incident_id)
);
CREATE INDEX incident_fact_opened
    ON reports.incident_fact (region_id, opened_at);
CREATE INDEX incident_fact_answered
    ON reports.incident_fact (region_id, answered_at);
CREATE INDEX incident_fact_settled
    ON reports.incident_fact (region_id, settled_at);
CREATE INDEX incident_fact_waiting
    ON reports.incident_fact (region_id, deadline_at)
    WHERE answered_at IS NULL AND closed_at IS NULL;
CREATE TABLE reports.candidate_fact (
    region_id integer NOT NULL,
    candidate_id uuid NOT NULL,
    version integer NOT NULL,
    decision text NOT NULL,
    tone text,
    network text NOT NULL,
    topic text,
    municipality text,
    authority text,
    incident_id uuid,
    published_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (region_id, candidate_id)
);
CREATE INDEX candidate_fact_received
    ON reports.candidate_fact (region_id, received_at);
CREATE INDEX candidate_fact_incident
    ON reports.candidate_fact (region_id, incident_id);
CREATE TABLE reports.complaint_day (
    region_id integer NOT NULL,
    day date NOT NULL,
    dimension text NOT NULL,
    code text NOT NULL,
    posts integer NOT NULL,
    PRIMARY KEY (region_id, day, dimension, code)
);
CREATE TABLE reports.code_name (
    region_id integer NOT NULL,
    dimension text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    PRIMARY KEY (region_id, dimension, code)
);
CREATE TABLE reports.kpi_definition (
    code text NOT NULL,
    version integer NOT NULL,
    kind text NOT NULL,
    position integer NOT NULL,
    name_ru text NOT NULL,
    name_en text NOT NULL,
    formula_ru text NOT NULL,
    formula_en text NOT NULL,
    unit text NOT NULL,
    PRIMARY KEY (code, version)
)
"""

OWNED = ("incident_fact", "candidate_fact", "complaint_day", "code_name")


def upgrade() -> None:
    """Bring the schema forward."""
    for statement in statements(TABLES):
        op.execute(statement)
    for table in OWNED:
        for statement in region_policy(f"reports.{table}"):
            op.execute(statement)
    op.bulk_insert(
        sa.table("kpi_definition", *_columns(), schema="reports"),
        json.loads(DICTIONARY.read_text("utf-8")),
    )
    # The meaning of a figure changes by a reviewed migration, never by a service.
    op.execute(
        "REVOKE INSERT, UPDATE, DELETE ON reports.kpi_definition FROM otklik_reports"
    )


def _columns() -> list[sa.ColumnClause[Any]]:
    texts = ("code", "kind", "name_ru", "name_en", "formula_ru", "formula_en", "unit")
    numbers = ("version", "position")
    return [
        *(sa.column(name, sa.Text) for name in texts),
        *(sa.column(name, sa.Integer) for name in numbers),
    ]
