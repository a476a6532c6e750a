"""Credentials of networks: added, replaced, removed; their secrets are write-only."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from services.ingest.deps import Administrator, NetworksDep, VaultDep
from services.ingest.handlers import credentials
from services.ingest.schemas.credentials import (
    CredentialAnswer,
    CredentialList,
    NetworkAnswer,
    NewCredential,
    Replacement,
    plain,
)
from services.ingest.schemas.problems import answers

router = APIRouter(prefix="/ingest/credentials", tags=["credentials"])


@router.get("", summary="List the credentials", responses=answers())
async def list_credentials(uow: Administrator, networks: NetworksDep) -> CredentialList:
    """List the credentials without their secrets, and the networks there are."""
    found = await credentials.list_credentials(uow)
    return CredentialList(
        items=[CredentialAnswer.model_validate(each) for each in found],
        networks=[
            NetworkAnswer(
                network=each.network.value,
                token_kinds=list(each.token_kinds),
                off_by_default=each.off_by_default,
                pushes=each.network.value in networks.hooks,
            )
            for each in networks.connectors
        ],
    )


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    summary="Add a credential",
    responses=answers(HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT),
)
async def add_credential(
    asked: NewCredential, uow: Administrator, networks: NetworksDep, vault: VaultDep
) -> CredentialAnswer:
    """Seal a token; sources that waited for one are asked at once."""
    made = await credentials.add(uow, networks, vault, asked.given())
    return CredentialAnswer.model_validate(made)


@router.put(
    "/{credential_id}",
    summary="Replace the secrets of a credential",
    responses=answers(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
)
async def replace_credential(
    credential_id: UUID, asked: Replacement, uow: Administrator, vault: VaultDep
) -> CredentialAnswer:
    """Put other secrets in; sources the old ones had stopped go on."""
    changed = await credentials.replace(
        uow, vault, credential_id, plain(asked.secrets), asked.expires_at
    )
    return CredentialAnswer.model_validate(changed)


@router.delete(
    "/{credential_id}",
    status_code=HTTPStatus.NO_CONTENT,
    summary="Remove a credential",
    responses=answers(HTTPStatus.NOT_FOUND),
)
async def remove_credential(credential_id: UUID, uow: Administrator) -> None:
    """Forget a token for good."""
    await credentials.remove(uow, credential_id)
