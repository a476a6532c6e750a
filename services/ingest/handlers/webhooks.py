"""Signed webhooks: sources that other systems deliver to, each with its own secret."""

import secrets as randomness
from typing import Final
from uuid import UUID

from services.ingest.handlers import credentials
from services.ingest.handlers.credentials import Given
from services.ingest.handlers.sources import CheckAddress, Draft, create_source
from services.ingest.handlers.watching import get
from services.ingest.sources.networks import WEBHOOK
from services.ingest.store import credentials as store
from shared.errors import invalid
from shared.models.ingest import Source
from shared.networks.credentials import secrets_of
from shared.standard_webhooks import secret_of
from shared.uow import UnitOfWork
from shared.vault import Vault

_KEY_BYTES: Final = 32
_NOW, _BEFORE = "1-current", "2-previous"


async def create_webhook(
    uow: UnitOfWork, draft: Draft, vault: Vault, check: CheckAddress
) -> tuple[Source, str]:
    """Add a source that is delivered to; return its secret, shown only now."""
    source = await create_source(uow, draft, check)
    secret = secret_of(randomness.token_bytes(_KEY_BYTES))
    label = f"{source.name} {source.id.hex[-6:]}"
    given = Given(source.network, WEBHOOK, label, {_NOW: secret})
    credential = credentials.seal(uow, vault, given)
    await uow.session.flush()
    source.credential_id = credential.id
    credentials.note_added(uow, credential)
    return source, secret


async def renew_secret(uow: UnitOfWork, vault: Vault, source_id: UUID) -> str:
    """Make another secret; the one before it stays good until the next time."""
    source = await get(uow, source_id)
    found = source.credential_id and await store.one(
        uow.session, uow.region_id, source.credential_id, lock=True
    )
    if source.kind != WEBHOOK or not found:
        raise invalid("source", "has no secret of its own")
    secret = secret_of(randomness.token_bytes(_KEY_BYTES))
    before = secrets_of(found, vault)[_NOW]
    credentials.reseal(uow, vault, found, {_NOW: secret, _BEFORE: before})
    uow.audit("source.secret_renewed", "source", source.id, name=source.name)
    return secret
