"""Roles, identity, the audit chain and a mailbox per service."""

from alembic import op

from infra.migrations.schema import MAILBOX, SERVICES, grants, region_policy, statements

revision = "0001"
down_revision = None

IDENTITY = """
CREATE SCHEMA identity;
CREATE TABLE identity.region (
    id serial PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    zone text NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL
);
CREATE TABLE identity.municipality (
    id uuid PRIMARY KEY,
    region_id integer NOT NULL REFERENCES identity.region,
    code text NOT NULL,
    name text NOT NULL,
    aliases jsonb NOT NULL DEFAULT '[]',
    UNIQUE (region_id, code)
);
CREATE TABLE identity."user" (
    id uuid PRIMARY KEY,
    login text NOT NULL UNIQUE,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);
CREATE TABLE identity.credential (
    user_id uuid PRIMARY KEY REFERENCES identity."user",
    password_hash text NOT NULL
);
CREATE TABLE identity.membership (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES identity."user",
    region_id integer NOT NULL REFERENCES identity.region,
    role text NOT NULL,
    authority text,
    UNIQUE (user_id, region_id, role)
);
CREATE TABLE identity.api_key (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    token_hash text NOT NULL UNIQUE,
    region_ids integer[] NOT NULL,
    scopes text[] NOT NULL,
    user_id uuid REFERENCES identity."user",
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE TABLE identity.session (
    id uuid PRIMARY KEY,
    token_hash text NOT NULL UNIQUE,
    user_id uuid NOT NULL REFERENCES identity."user",
    region_id integer NOT NULL REFERENCES identity.region,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE TABLE identity.sign_in_attempt (
    id uuid PRIMARY KEY,
    login text NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX ON identity.sign_in_attempt (login)
"""

AUDIT = """
CREATE SCHEMA audit;
CREATE TABLE audit.head (
    region_id integer PRIMARY KEY,
    seq bigint NOT NULL,
    hash text NOT NULL
);
CREATE TABLE audit.event (
    region_id integer NOT NULL,
    seq bigint NOT NULL,
    body text NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (region_id, seq)
)
"""

# The functions run as the owner, so that a service can add entries but neither
# change nor remove one. hash = sha256(previous hash || body), as in audit/chain.py.
APPEND = """
CREATE FUNCTION audit.append(region integer, bodies text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
    at bigint;
    last text;
    body text;
BEGIN
    INSERT INTO audit.head VALUES (region, 0, repeat('0', 64))
        ON CONFLICT DO NOTHING;
    SELECT seq, hash INTO at, last FROM audit.head
        WHERE region_id = region FOR UPDATE;
    FOREACH body IN ARRAY bodies LOOP
        at := at + 1;
        last := encode(sha256(decode(last, 'hex') || convert_to(body, 'UTF8')), 'hex');
        INSERT INTO audit.event VALUES (region, at, body, last);
    END LOOP;
    UPDATE audit.head SET seq = at, hash = last WHERE region_id = region;
END $$
"""

REFUSE = """
CREATE FUNCTION audit.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$
"""


def upgrade() -> None:
    """Bring the schema forward."""
    for role in (*SERVICES, "web"):
        op.execute(
            f"DO $$ BEGIN CREATE ROLE otklik_{role} NOLOGIN; "
            "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
        op.execute(f"GRANT otklik_{role} TO CURRENT_USER")
    for statement in statements(IDENTITY) + statements(AUDIT):
        op.execute(statement)
    op.execute(APPEND)
    op.execute(REFUSE)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
        "ON audit.event FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse()"
    )
    for statement in (
        *region_policy("identity.municipality"),
        *region_policy("audit.event"),
        *region_policy("audit.head"),
    ):
        op.execute(statement)
    for service in SERVICES:
        op.execute(f"CREATE SCHEMA {service}")
        for statement in statements(MAILBOX.format(schema=service)):
            op.execute(statement)
    _grant()


def _grant() -> None:
    everyone = ", ".join(f"otklik_{role}" for role in (*SERVICES, "web"))
    for service in SERVICES:
        for statement in grants(service, f"otklik_{service}"):
            op.execute(statement)
    for statement in (
        f"GRANT USAGE ON SCHEMA identity, audit TO {everyone}",
        "REVOKE EXECUTE ON FUNCTION audit.append FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION audit.append TO {everyone}",
        f"GRANT SELECT ON audit.event, audit.head TO {everyone}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA identity TO {everyone}",
        # Password hashes are for the sign-in page alone.
        f"REVOKE ALL ON identity.credential, identity.sign_in_attempt FROM {everyone}",
        "GRANT SELECT ON identity.credential, identity.sign_in_attempt TO otklik_web",
        # A session notes that it is in use wherever it is presented.
        f"GRANT UPDATE (last_seen_at) ON identity.session TO {everyone}",
        (
            "GRANT INSERT, DELETE ON identity.session, identity.sign_in_attempt "
            "TO otklik_web"
        ),
    ):
        op.execute(statement)
