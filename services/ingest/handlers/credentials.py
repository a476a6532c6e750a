"""Credentials of networks: given once, used often, never shown again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from services.ingest.handlers.poll_stored import POLL_JOB
from services.ingest.sources.networks import WEBHOOK, Networks
from services.ingest.store import credentials as store
from shared.errors import Conflict, NotFound, invalid
from shared.ids import new_id
from shared.models.networks import Credential
from shared.networks.credentials import place_of, put_secrets
from shared.standard_webhooks import key_of
from shared.uow import UnitOfWork
from shared.vault import Vault

LARGEST: Final = 20_000
"""Characters all secrets of one credential may have: a session file fits in."""


@dataclass(frozen=True, slots=True)
class Given:
    """A credential as a person gives it."""

    network: str
    kind: str
    label: str
    secrets: Mapping[str, str]
    expires_at: datetime | None = None


async def list_credentials(uow: UnitOfWork) -> Sequence[Credential]:
    """List the region's credentials, without what they hold."""
    return await store.listed(uow.session, uow.region_id)


async def add(
    uow: UnitOfWork, networks: Networks, vault: Vault, given: Given
) -> Credential:
    """Seal a credential; sources that waited for one are asked at once."""
    _check(networks, given, uow.now)
    if await store.labelled(uow.session, uow.region_id, given.network, given.label):
        raise Conflict(f"There is a credential {given.label!r} of {given.network}.")
    made = seal(uow, vault, given)
    await uow.session.flush()
    note_added(uow, made)
    await _wake(uow, given.network)
    return made


def note_added(uow: UnitOfWork, made: Credential) -> None:
    """Write into the audit log that there is a credential more."""
    uow.audit(
        "credential.added",
        "credential",
        made.id,
        network=made.network,
        kind=made.kind,
        label=made.label,
    )


def seal(uow: UnitOfWork, vault: Vault, given: Given) -> Credential:
    """Store a credential, sealed for its own place."""
    credential_id = new_id()
    made = Credential(
        id=credential_id,
        region_id=uow.region_id,
        network=given.network,
        kind=given.kind,
        label=given.label,
        sealed=vault.seal(json.dumps(dict(given.secrets)), place_of(credential_id)),
        expires_at=given.expires_at,
        created_at=uow.now,
        changed_at=uow.now,
    )
    uow.session.add(made)
    return made


async def replace(
    uow: UnitOfWork,
    vault: Vault,
    credential_id: UUID,
    secrets: Mapping[str, str],
    expires_at: datetime | None,
) -> Credential:
    """Put other secrets in the place of those there are; sources go on with them."""
    found = await _locked(uow, credential_id)
    _check_secrets(found.kind, secrets)
    reseal(uow, vault, found, secrets)
    found.expires_at = expires_at
    uow.audit("credential.replaced", "credential", found.id, label=found.label)
    await uow.session.flush()
    await _wake(uow, found.network)
    return found


def reseal(
    uow: UnitOfWork, vault: Vault, credential: Credential, secrets: Mapping[str, str]
) -> None:
    """Seal other secrets in a credential's place: from now on it is another token."""
    put_secrets(credential, vault, dict(secrets))
    credential.version += 1
    credential.state = "ok"
    credential.last_error = credential.error_code = None
    credential.changed_at = uow.now


async def remove(uow: UnitOfWork, credential_id: UUID) -> None:
    """Forget a credential; sources that chose it use what else there is."""
    found = await _locked(uow, credential_id)
    uow.audit(
        "credential.removed",
        "credential",
        found.id,
        network=found.network,
        label=found.label,
    )
    await store.forget(uow.session, found.id)


async def _locked(uow: UnitOfWork, credential_id: UUID) -> Credential:
    found = await store.one(uow.session, uow.region_id, credential_id, lock=True)
    if found is None:
        raise NotFound("credential", credential_id)
    return found


async def _wake(uow: UnitOfWork, network: str) -> None:
    resumed = await store.resume_sources(
        uow.session, uow.region_id, network, now=uow.now
    )
    for source_id in resumed:
        uow.ring(POLL_JOB, uow.region_id, str(source_id))


def _check(networks: Networks, given: Given, now: datetime) -> None:
    if given.kind != WEBHOOK:
        connector = networks.of("page", given.network)
        kinds = () if connector is None else connector.token_kinds
        if given.kind not in kinds:
            known = ", ".join(kinds) or "none"
            raise invalid("kind", f"{given.network} uses: {known}")
    if given.expires_at is not None and given.expires_at <= now:
        raise invalid("expires_at", "is in the past")
    _check_secrets(given.kind, given.secrets)


def _check_secrets(kind: str, secrets: Mapping[str, str]) -> None:
    if not secrets or not all(secrets.values()):
        raise invalid("secrets", "must not be empty")
    if sum(map(len, secrets.values())) > LARGEST:
        raise invalid("secrets", f"are longer than {LARGEST:,} characters")
    if kind != WEBHOOK:
        return
    try:
        for each in secrets.values():
            key_of(each)
    except ValueError as error:
        raise invalid("secrets", str(error)) from error
