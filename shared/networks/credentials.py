"""Credentials of networks, as whoever calls the networks needs them.

The table belongs to ingest, which alone adds, replaces, refuses and forgets. Reading is
here, since answering speaks with the same tokens (docs/decisions/0017).
"""

import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from shared.models.networks import Credential
from shared.networks.access import Token
from shared.vault import Vault


async def of_network(
    session: AsyncSession, region: int, network: str
) -> Sequence[Credential]:
    """List a network's credentials, oldest first."""
    query = select(Credential).where(
        Credential.region_id == region, Credential.network == network
    )
    return (await session.scalars(query.order_by(col(Credential.id)))).all()


async def one(
    session: AsyncSession, region: int, credential_id: UUID, *, lock: bool = False
) -> Credential | None:
    """Find a credential of a region, locked until the commit if asked."""
    query = select(Credential).where(
        Credential.region_id == region, Credential.id == credential_id
    )
    found: Credential | None = await session.scalar(
        query.with_for_update() if lock else query
    )
    return found


def token_of(credential: Credential, vault: Vault) -> Token:
    """Open a credential; Unavailable when it was sealed with another key."""
    return Token(token_id(credential), credential.kind, secrets_of(credential, vault))


def token_id(credential: Credential) -> str:
    """Name a token in budgets and counters; replaced secrets are another token."""
    return f"{credential.id.hex}-{credential.version}"


def credential_id(token: str) -> UUID | None:
    """Find the credential behind a token; other names in budgets have none."""
    try:
        return UUID(token.partition("-")[0])
    except ValueError:
        return None


def place_of(credential_id: UUID) -> str:
    """Name the place sealed secrets are bound to."""
    return f"credential {credential_id}"


def secrets_of(credential: Credential, vault: Vault) -> dict[str, str]:
    """Open the secrets of a credential."""
    opened: dict[str, str] = json.loads(
        vault.unseal(credential.sealed, place_of(credential.id))
    )
    return opened


def put_secrets(credential: Credential, vault: Vault, secrets: dict[str, str]) -> None:
    """Seal other secrets in their place; the token goes by the same id."""
    credential.sealed = vault.seal(json.dumps(secrets), place_of(credential.id))


def has_ended(credential: Credential, token: Token, now: datetime) -> bool:
    """Say whether a credential's time is over; what can be exchanged lives on."""
    until = credential.expires_at
    return until is not None and until <= now and "refresh" not in token.secrets
