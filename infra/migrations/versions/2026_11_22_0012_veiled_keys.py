"""Posts on people's own walls name nobody any more: veiled keys, sealed addresses."""

from alembic import context, op
from pydantic import SecretStr
from sqlalchemy import Connection, text

from infra.migrations.schema import region_policy, statements
from shared.vault import Vault, vault_of

revision = "0012"
down_revision = "0011"

LINKS = """
CREATE TABLE ingest.sealed_link (
    post_id uuid PRIMARY KEY,
    region_id integer NOT NULL,
    sealed bytea NOT NULL,
    sealed_at timestamptz NOT NULL
)
"""

# As services/ingest/domain/veils.py had it then, by network.
NAMES_PERSON = {
    "vk": r"^[a-z]{1,20}:[0-9]{1,15}_[0-9]{1,15}(_[0-9]{1,15})?$",
    "facebook": r"^post:[0-9]{1,20}_[0-9]{1,20}$",
}
LEADS_TO_PERSON = (
    r"^https?://(www\.|m\.)?(vk\.com|vk\.ru|vkontakte\.ru)/"
    r"(.*[?&]w=)?wall[1-9][0-9]*_[1-9]"
)

FIND = """
SELECT key FROM (
    SELECT external_id AS key FROM ingest.post WHERE network = :network
    UNION SELECT parent_key FROM ingest.post WHERE network = :network
    UNION SELECT substr(post_key, :after) FROM triage.candidate
        WHERE network = :network
    UNION SELECT substr(parent_key, :after) FROM triage.candidate
        WHERE network = :network
    UNION SELECT substr(post_key, :after) FROM triage.incident_post
        WHERE network = :network
    UNION SELECT substr(parent_key, :after) FROM triage.incident_post
        WHERE network = :network
    UNION SELECT substr(item_key, :after) FROM triage.posting
        WHERE starts_with(item_key, :network || ':')
) AS named WHERE key ~ :pattern
"""
RENAME = """
UPDATE ingest.post_key AS k SET network_key = v.veiled FROM veil AS v, ingest.post AS p
    WHERE p.id = k.post_id AND p.network = v.network AND k.network_key = v.plain;
UPDATE ingest.post AS p SET external_id = v.veiled FROM veil AS v
    WHERE p.network = v.network AND p.external_id = v.plain;
UPDATE ingest.post AS p SET parent_key = v.veiled FROM veil AS v
    WHERE p.network = v.network AND p.parent_key = v.plain;
UPDATE triage.candidate AS t SET post_key = v.network || ':' || v.veiled
    FROM veil AS v WHERE t.post_key = v.network || ':' || v.plain;
UPDATE triage.candidate AS t SET parent_key = v.network || ':' || v.veiled
    FROM veil AS v WHERE t.parent_key = v.network || ':' || v.plain;
UPDATE triage.incident_post AS t SET post_key = v.network || ':' || v.veiled
    FROM veil AS v WHERE t.post_key = v.network || ':' || v.plain;
UPDATE triage.incident_post AS t SET parent_key = v.network || ':' || v.veiled
    FROM veil AS v WHERE t.parent_key = v.network || ':' || v.plain;
UPDATE triage.posting AS t SET item_key = v.network || ':' || v.veiled
    FROM veil AS v WHERE t.item_key = v.network || ':' || v.plain;
DROP TABLE veil
"""

ADDRESSES = """
SELECT id, region_id, url FROM ingest.post
WHERE network = 'vk' AND deleted_at IS NULL AND url ~* :pattern
"""
SEAL = """
INSERT INTO ingest.sealed_link (post_id, region_id, sealed, sealed_at)
VALUES (:post, :region, :sealed, now())
"""
# The search index has the addresses, too.
QUEUE = """
INSERT INTO ingest.index_queue (post_id, region_id, queued_at)
SELECT post_id, region_id, now() FROM ingest.sealed_link
ON CONFLICT (post_id) DO UPDATE
    SET version = excluded.version, queued_at = excluded.queued_at
"""
FORGET = (
    "UPDATE ingest.post SET url = NULL WHERE network = 'vk' AND url ~* :pattern",
    """UPDATE ingest.post_revision AS r SET url = NULL FROM ingest.post AS p
    WHERE p.id = r.post_id AND p.network = 'vk' AND r.url ~* :pattern""",
    "UPDATE triage.candidate SET url = NULL WHERE network = 'vk' AND url ~* :pattern",
    """UPDATE triage.incident_post SET url = NULL
    WHERE network = 'vk' AND url ~* :pattern""",
)


def upgrade() -> None:
    """Bring the schema forward; needs the installation's secret where posts name."""
    for statement in statements(LINKS):
        op.execute(statement)
    for statement in region_policy("ingest.sealed_link"):
        op.execute(statement)
    veil(op.get_bind(), context.config.attributes.get("secret"))


def veil(connection: Connection, secret: SecretStr | None) -> None:
    """Veil the keys and seal the addresses there are."""
    keys = [
        (network, key)
        for network, pattern in NAMES_PERSON.items()
        for key in _keys(connection, network, pattern)
    ]
    addresses = connection.execute(text(ADDRESSES), {"pattern": LEADS_TO_PERSON}).all()
    if not keys and not addresses:
        return
    vault = vault_of(secret)
    _veil_keys(connection, keys, vault)
    sealed = [
        {
            "post": row.id,
            "region": row.region_id,
            "sealed": vault.seal(row.url, f"address of post {row.id}"),
        }
        for row in addresses
    ]
    if sealed:
        connection.execute(text(SEAL), sealed)
    connection.execute(text(QUEUE))
    for statement in FORGET:
        connection.execute(text(statement), {"pattern": LEADS_TO_PERSON})


def _keys(connection: Connection, network: str, pattern: str) -> list[str]:
    given = {"network": network, "pattern": pattern, "after": len(network) + 2}
    return list(connection.scalars(text(FIND), given))


def _veil_keys(
    connection: Connection, keys: list[tuple[str, str]], vault: Vault
) -> None:
    veils = [
        {
            "network": network,
            "plain": key,
            "veiled": f"{key.partition(':')[0]}:~"
            + vault.sign(f"key {network}:{key}".encode()).hex(),
        }
        for network, key in keys
    ]
    connection.execute(
        text("CREATE TEMP TABLE veil (network text, plain text, veiled text)")
    )
    if veils:
        statement = "INSERT INTO veil VALUES (:network, :plain, :veiled)"
        connection.execute(text(statement), veils)
    for statement in statements(RENAME):
        connection.execute(text(statement))
