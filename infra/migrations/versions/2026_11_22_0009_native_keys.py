"""One name for a post in all services: its network and the network's own key."""

from uuid import NAMESPACE_URL, uuid5

from alembic import op
from sqlalchemy import text

from infra.migrations.schema import statements

revision = "0009"
down_revision = "0008"

# Networks whose posts have gone by keys of their own so far.
NETWORKS = ("vk", "ok", "telegram", "livejournal")

# Files knew these forms before `services/ingest/domain/keys.py` did. Where a watched
# page has brought the same post meanwhile, the file's stays a row of its own.
FORMS = {
    "ok": r"^GROUP_TOPIC:\d{1,20}:\S{1,200}$",
    "telegram": r"^g/\d{1,15}/\d{1,12}$",
}
RESCOPE = """
UPDATE ingest.post_key AS k SET scope = CAST(:scope AS uuid)
FROM (
    SELECT DISTINCT ON (k.region_id, k.network_key)
        k.region_id, k.scope, k.network_key
    FROM ingest.post_key AS k
    JOIN ingest.source AS s ON s.id = k.scope AND s.kind = 'file'
    JOIN ingest.post AS p ON p.id = k.post_id
    WHERE p.network = :network AND k.network_key ~ :form AND NOT EXISTS (
        SELECT FROM ingest.post_key AS taken
        WHERE taken.region_id = k.region_id AND taken.network_key = k.network_key
            AND taken.scope = CAST(:scope AS uuid)
    )
    ORDER BY k.region_id, k.network_key, k.post_id
) AS first
WHERE k.region_id = first.region_id AND k.scope = first.scope
    AND k.network_key = first.network_key
"""

# Triage kept no key of VK's, OK's or Telegram's: it had looked for another form. What
# was answered under our own id keeps its row, and gets the name others will ask for.
NAME = """
UPDATE triage.{table} AS t
SET post_key = p.network || ':' || p.external_id,
    parent_key = coalesce(t.parent_key, p.network || ':' || p.parent_key)
FROM ingest.post AS p
JOIN ingest.post_key AS k ON k.region_id = p.region_id
    AND k.network_key = p.external_id AND k.post_id = p.id
WHERE p.id = t.post_id AND p.network = :network AND k.scope = CAST(:scope AS uuid)
"""
NAME_POSTINGS = """
UPDATE triage.posting AS t SET item_key = p.post_key
FROM triage.incident_post AS p
WHERE p.post_id = t.post_id AND p.network = :network
    AND t.item_key = 'post:' || t.post_id AND p.post_key IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM triage.posting AS other
        WHERE other.region_id = t.region_id AND other.item_key = p.post_key
    )
"""

# A post may be put on its way before its key is known, and after it again.
ONE_ON_ITS_WAY = """
CREATE UNIQUE INDEX posting_post_in_flight ON triage.posting (region_id, post_id)
    WHERE state IN ('approved', 'sending', 'unknown');
CREATE INDEX posting_post_sent ON triage.posting (region_id, post_id)
    WHERE state = 'sent'
"""


def upgrade() -> None:
    """Bring the schema forward."""
    for network in NETWORKS:
        rename(network)
    for statement in statements(ONE_ON_ITS_WAY):
        op.execute(statement)


def rename(network: str) -> None:
    """Give a network's posts their names, wherever they are kept."""
    scope = uuid5(NAMESPACE_URL, f"otklik:network:{network}")
    given = {"network": network, "scope": scope}
    if network in FORMS:
        op.execute(text(RESCOPE).bindparams(**given, form=FORMS[network]))
    for table in ("candidate", "incident_post"):
        op.execute(text(NAME.format(table=table)).bindparams(**given))
    op.execute(text(NAME_POSTINGS).bindparams(network=network))
