"""Tokens of networks: opened for a talk, given up when a network refuses them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Token
from services.ingest.store import credentials
from shared.contracts import TokenRefused
from shared.models.ingest import Source
from shared.models.networks import Credential
from shared.networks.credentials import credential_id, has_ended, token_id, token_of
from shared.uow import UnitOfWork
from shared.vault import Vault

_LONGEST = 500


async def tokens_of(uow: UnitOfWork, vault: Vault, source: Source) -> list[Token]:
    """Open what a source may use, as `tokens_of_each` does."""
    return (await tokens_of_each(uow, vault, [source]))[source.id]


async def tokens_of_each(
    uow: UnitOfWork, vault: Vault, sources: Collection[Source]
) -> dict[UUID, list[Token]]:
    """Open what sources may use: the credential chosen for one comes first in it.

    A chosen one is used instead of all others of its kind, even when it is no longer
    good. Those whose time is over are marked so.
    """
    found = await credentials.usable_by(uow.session, uow.region_id, sources)
    good = _opened(uow, vault, found)
    return {
        source.id: _usable(
            [each for each in found if each.network == source.network],
            good,
            source.credential_id,
        )
        for source in sources
    }


def opened(
    uow: UnitOfWork, vault: Vault, found: Sequence[Credential], chosen_id: UUID | None
) -> list[Token]:
    """Open the good ones of a network's credentials, the chosen one first."""
    return _usable(found, _opened(uow, vault, found), chosen_id)


def _opened(
    uow: UnitOfWork, vault: Vault, found: Iterable[Credential]
) -> dict[UUID, Token]:
    good = {}
    for each in found:
        if each.state != "ok":
            continue
        token = token_of(each, vault)
        if has_ended(each, token, uow.now):
            each.state, each.changed_at = "expired", uow.now
            uow.audit("credential.expired", "credential", each.id, label=each.label)
        else:
            good[each.id] = token
    return good


def _usable(
    found: Iterable[Credential], good: Mapping[UUID, Token], chosen_id: UUID | None
) -> list[Token]:
    every = list(found)
    chosen = next((each for each in every if each.id == chosen_id), None)
    usable = [
        each
        for each in every
        if each.id in good
        and (chosen is None or each is chosen or each.kind != chosen.kind)
    ]
    usable.sort(key=lambda each: each is not chosen)
    return [good[each.id] for each in usable]


def credential_ids(tokens: Iterable[str]) -> list[UUID]:
    """Find the credentials behind tokens; other names in budgets are none."""
    found = (credential_id(token) for token in tokens)
    return [each for each in found if each is not None]


async def refuse(uow: UnitOfWork, network: str, token: str, error: SourceError) -> bool:
    """Give a token up that its network refused, and stop the sources that use it.

    Return whether sources may go on at once: another good token of its kind is left,
    or it was replaced meanwhile. The credential is locked before any source is.
    """
    credential = await _behind(uow, token)
    if credential is None:
        return False
    if token_id(credential) != token:
        return True
    others = await credentials.of_network(uow.session, uow.region_id, network)
    has_other = _another(others, credential)
    if credential.state == "ok":
        await _give_up(uow, credential, error, has_other=has_other)
    return has_other


async def forgo(uow: UnitOfWork, token: str, error: SourceError) -> bool:
    """Give a token up that its network refused for figures; False if it was already.

    No source stops: one that is read with it hears the same at its next poll.
    """
    credential = await _behind(uow, token)
    if credential is None or token_id(credential) != token or credential.state != "ok":
        return False
    _mark(uow, credential, error, stopped=0)
    return True


async def take_refusal(uow: UnitOfWork, message: TokenRefused) -> None:
    """Give a token up that was refused while triage answered with it."""
    error = SourceError(message.message, ErrorKind.REAUTH, code=message.code)
    await refuse(uow, message.network, message.token, error)


async def _give_up(
    uow: UnitOfWork, credential: Credential, error: SourceError, *, has_other: bool
) -> None:
    stopped = await credentials.stop_sources(
        uow.session,
        uow.region_id,
        credential,
        error=(str(error)[:_LONGEST], error.code),
        everyone=not has_other,
        now=uow.now,
    )
    _mark(uow, credential, error, stopped=len(stopped))


def _mark(
    uow: UnitOfWork, credential: Credential, error: SourceError, *, stopped: int
) -> None:
    credential.state, credential.changed_at = "refused", uow.now
    credential.last_error, credential.error_code = str(error)[:_LONGEST], error.code
    uow.audit(
        "credential.refused",
        "credential",
        credential.id,
        label=credential.label,
        code=error.code,
        stopped=stopped,
    )


async def _behind(uow: UnitOfWork, token: str) -> Credential | None:
    """Lock the credential of a token; other names in budgets have none."""
    found = credential_id(token)
    if found is None:
        return None
    return await credentials.one(uow.session, uow.region_id, found, lock=True)


def _another(others: Sequence[Credential], refused: Credential) -> bool:
    return any(
        each.state == "ok" and each.kind == refused.kind and each.id != refused.id
        for each in others
    )
