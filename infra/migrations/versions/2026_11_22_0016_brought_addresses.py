"""Addresses that files, feeds and other systems brought name nobody any more."""

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any, NamedTuple

from alembic import context, op
from pydantic import SecretStr
from sqlalchemy import Connection, text

from infra.migrations.schema import statements
from shared.vault import Vault, vault_of

revision = "0016"
down_revision = "0015"

# As services/ingest/domain/addresses.py had it then; PostgreSQL reads them alike. What
# Facebook numbers is sealed here, where the service writes it anew.
WRITTEN_ANEW = (
    (
        (
            r"^https?://(?:www\.|mobile\.|m\.)?(?:x|twitter)\.com/(?:i/web|\w{1,15})"
            r"/status(?:es)?/([0-9]{1,19})(?:[/?#].*)?$"
        ),
        r"https://x.com/i/web/status/\1",
    ),
    (
        (
            r"^https?://(?:www\.|m\.)?tiktok\.com/@[\w.]{0,40}/(?:video|photo)"
            r"/([0-9]{1,19})(?:[/?#].*)?$"
        ),
        r"https://www.tiktok.com/@/video/\1",
    ),
    (
        (
            r"^https?://(?:\w+\.)?instagram\.com/[\w.]{1,40}/(p|reel|tv)/([\w-]{1,80})"
            r"/?(?:[?#].*)?$"
        ),
        r"https://www.instagram.com/\1/\2/",
    ),
)
NAMES_PERSON = (
    (
        r"^https?://(?:[\w-]+\.)*(?:vk\.com|vk\.ru|vkontakte\.ru)(?::[0-9]+)?/"
        r"(?:id[0-9]|(?:.*[/?&=])?(?:wall|photos?|videos?|clips?|story|note|album)"
        r"[1-9][0-9]*_)"
    ),
    r"^https?://(?:[\w-]+\.)*(?:ok\.ru|odnoklassniki\.ru)/(?:profile/|.*/statuses/)",
    (
        r"^https?://(?:[\w-]+\.)*(?:facebook|fb)\.com/(?!(?:groups/[\w.]+"
        r"(?:/(?:posts|permalink)/[0-9]+)?|watch|reel/[0-9]+|events/[0-9]+|hashtag/\w+"
        r"|share/[\w/]+)?/?(?:[?#]|$))"
    ),
    r"^https?://(?:www\.)?instagram\.com/(?:stories/|[\w.]+/?$)",
    r"^https?://(?:www\.|m\.)?(?:x|twitter)\.com/\w+/?$",
    r"^https?://(?:www\.|m\.)?tiktok\.com/@[^/]+/?$",
    r"^https?://(?:www\.|m\.)?max\.ru/u/",
    r"^https?://[\w-]+\.livejournal\.com/profile",
)
ANY = "|".join([*(pattern for pattern, _ in WRITTEN_ANEW), *NAMES_PERSON])

_BROUGHT = """
JOIN ingest.source AS s ON s.id = p.source_id
    AND s.kind IN ('file', 'push', 'webhook', 'feed')
"""
FIND = f"""
SELECT p.id, p.region_id, p.network, p.external_id, p.parent_key, p.url,
    p.deleted_at IS NOT NULL AS is_deleted
FROM ingest.post AS p {_BROUGHT}
WHERE p.url ~* :any OR p.external_id ~* :any OR p.parent_key ~* :any
"""  # noqa: S608 -- built of constants
FIND_REVISIONS = f"""
SELECT r.post_id AS id, r.revision, r.url
FROM ingest.post_revision AS r JOIN ingest.post AS p ON p.id = r.post_id {_BROUGHT}
WHERE r.url ~* :any
"""  # noqa: S608 -- the same
KEEP = """
UPDATE ingest.post SET url = :url, external_id = :key, parent_key = :parent
WHERE id = :id;
UPDATE ingest.post_key SET network_key = :key
WHERE post_id = :id AND network_key = :plain;
UPDATE triage.candidate SET url = :url WHERE post_id = :id;
UPDATE triage.incident_post SET url = :url WHERE post_id = :id;
INSERT INTO ingest.index_queue (post_id, region_id, queued_at)
VALUES (:id, :region, now()) ON CONFLICT (post_id) DO UPDATE
    SET version = excluded.version, queued_at = excluded.queued_at
"""
KEEP_REVISION = """
UPDATE ingest.post_revision SET url = :url WHERE post_id = :id AND revision = :revision
"""
SEAL = """
INSERT INTO ingest.sealed_link (post_id, region_id, sealed, sealed_at)
VALUES (:id, :region, :sealed, now()) ON CONFLICT (post_id) DO NOTHING
"""


class Address(NamedTuple):
    """An address in two: for everybody to read, and sealed."""

    open: str | None
    sealed: str | None = None


def upgrade() -> None:
    """Bring the rows forward; needs the installation's secret where one names."""
    part(op.get_bind(), context.config.attributes.get("secret"))


def part(connection: Connection, secret: SecretStr | None) -> None:
    """Write addresses anew, seal those that name a person, veil keys that are such."""
    given = {"any": ANY}
    posts = connection.execute(text(FIND), given).all()
    revisions = connection.execute(text(FIND_REVISIONS), given).all()
    vault = cache(partial(vault_of, secret))
    for row in posts:
        _keep_post(connection, row, vault)
    for row in revisions:
        kept = {"id": row.id, "revision": row.revision, "url": parted(row.url).open}
        connection.execute(text(KEEP_REVISION), kept)


def parted(url: str | None) -> Address:
    """Part an address; what names nobody is open as it is."""
    if url is None:
        return Address(None)
    for pattern, written in WRITTEN_ANEW:
        if found := re.match(pattern, url, re.IGNORECASE):
            return Address(found.expand(written))
    names = any(re.match(pattern, url, re.IGNORECASE) for pattern in NAMES_PERSON)
    return Address(None, url) if names else Address(url)


def _keep_post(
    connection: Connection,
    row: Any,  # noqa: ANN401 -- a row
    vault: Callable[[], Vault],
) -> None:
    def veiled(key: str | None) -> str | None:
        if key is None or parted(key).open == key:
            return key
        return "~" + vault().sign(f"key {row.network}:{key}".encode()).hex()

    address = parted(row.url)
    kept = {
        "id": row.id,
        "region": row.region_id,
        "url": address.open,
        "plain": row.external_id,
        "key": veiled(row.external_id),
        "parent": veiled(row.parent_key),
    }
    for statement in statements(KEEP):
        connection.execute(text(statement), kept)
    if address.sealed and not row.is_deleted:
        sealed = vault().seal(address.sealed, f"address of post {row.id}")
        given = {"id": row.id, "region": row.region_id, "sealed": sealed}
        connection.execute(text(SEAL), given)
