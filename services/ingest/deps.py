"""What the routes of the ingest service ask for, by name."""

import hashlib
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import httpx
from fastapi import Depends, Header, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.types import Message

from services.ingest.domain.batch import LARGEST_BODY
from services.ingest.domain.checks import Refused, identifier
from services.ingest.domain.files import LARGEST_FILE
from services.ingest.domain.posts import Network
from services.ingest.handlers.deliveries import Deliveries
from services.ingest.handlers.hooks import Limits
from services.ingest.handlers.imports import DEFAULT_SOURCE, Upload
from services.ingest.handlers.rulebooks import Rulebooks
from services.ingest.handlers.sources import CheckAddress
from services.ingest.settings import Settings
from services.ingest.sources.networks import Networks, open_networks
from services.ingest.sources.safe_http import (
    Resolve,
    UnsafeAddress,
    checked_port,
    is_public,
    resolve_by_system,
)
from services.ingest.store.idempotency import Call
from shared.auth import needs, unit, work_in
from shared.db import Database
from shared.errors import TooLarge, UnsupportedMedia, invalid
from shared.identity.principal import Principal, Scope
from shared.networks.keeping import Keeping
from shared.networks.valkey_budget import open_budget
from shared.search import Search
from shared.search.meili import MeiliSearch
from shared.search.postgres import PostgresSearch
from shared.settings import Base
from shared.uow import UnitOfWork, Work
from shared.vault import Vault

_WEB_PORTS: Final = (80, 443)
_NO_VALKEY: Final = "unix:///valkey-is-not-set"
_FORM_OVERHEAD: Final = 100_000
"""Bytes a form may have beside its file."""


@asynccontextmanager
async def open_search(
    settings: Base, database: Database, given: Search | None = None
) -> AsyncIterator[Search]:
    """Choose the index: Meilisearch where one is set, else PostgreSQL itself.

    It is asked within transactions, so PostgreSQL gets connections of its own for it.
    """
    if given is not None:
        yield given
    elif settings.meili_url is None:
        own = database.twin(pool_size=settings.pool_size)
        try:
            yield PostgresSearch(own.engine)
        finally:
            await own.close()
    else:
        key = settings.meili_key
        meili = MeiliSearch(settings.meili_url, key.get_secret_value() if key else None)
        try:
            yield meili
        finally:
            await meili.close()


@asynccontextmanager
async def networks_of(
    settings: Settings, work: Work, vault: Vault, given: Networks | None
) -> AsyncIterator[Networks]:
    """Open the networks with the budget all processes share, unless they are given.

    Where no Valkey is set the app still starts: it calls no network then.
    """
    if given is not None:
        yield given
        return
    url = settings.valkey_url
    async with (
        open_budget(url.get_secret_value() if url else _NO_VALKEY) as budget,
        open_networks(
            settings, budget, work.clock, Keeping(work.database, vault)
        ) as networks,
    ):
        yield networks


async def check_address(
    url: str, *, allowed: Collection[str], resolve: Resolve = resolve_by_system
) -> None:
    """Refuse an address a feed may not have; raises UnsafeAddress.

    A name that cannot be resolved now is not refused: each poll checks it again.
    """
    parsed = httpx.URL(url)
    port = checked_port(parsed)
    if f"{parsed.host}:{port}".lower() in allowed:
        return
    if port not in _WEB_PORTS:
        raise UnsafeAddress(f"port {port} is not one of the web's")
    with suppress(httpx.ConnectError):
        addresses = await resolve(parsed.raw_host.decode("ascii"), port)
        if not all(map(is_public, addresses)):
            raise UnsafeAddress(f"{parsed.host} leads to an address that is not public")


async def check_address_of(request: Request) -> CheckAddress:
    """Return the app's check of feed addresses."""
    check: CheckAddress = request.app.state.check_address
    return check


async def vault_of(request: Request) -> Vault:
    """Return the app's vault."""
    vault: Vault = request.app.state.vault
    return vault


async def watching_of(request: Request) -> Networks:
    """Return the app's networks."""
    networks: Networks = request.app.state.networks
    return networks


async def limits_of(request: Request) -> Limits:
    """Return how much the app takes at a time."""
    limits: Limits = request.app.state.limits
    return limits


async def deliveries_of(request: Request) -> Deliveries:
    """Return where the app takes deliveries of networks in."""
    deliveries: Deliveries = request.app.state.deliveries
    return deliveries


async def search_of(request: Request) -> Search:
    """Return the app's search index."""
    search: Search = request.app.state.search
    return search


async def rulebooks_of(request: Request) -> Rulebooks:
    """Return the app's rules made ready for matching."""
    rulebooks: Rulebooks = request.app.state.rulebooks
    return rulebooks


def capped(request: Request, most: int) -> Request:
    """Make reading the body end at a cap, whatever its announced length says."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise _too_large(most)
    read = 0

    async def receive() -> Message:
        nonlocal read
        message = await request.receive()
        read += len(message.get("body", b""))
        if read > most:
            raise _too_large(most)
        return message

    return Request(request.scope, receive)


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"The body is larger than {most:,} bytes; send it in parts.")


@dataclass(frozen=True, slots=True)
class Pushed:
    """A call of a pushing system: who sends what, and the key it is known by."""

    principal: Principal
    body: bytes
    content_type: str | None
    call: Call | None


async def pushed(
    request: Request,
    principal: Annotated[Principal, Depends(needs(Scope.INGEST_WRITE))],
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=255,
            description="The same key with the same body gets the first answer again "
            "for 24 hours; with another body it is refused.",
        ),
    ] = None,
) -> Pushed:
    """Read a call after its sender is known, before a transaction is open."""
    if request.headers.get("content-encoding", "identity") != "identity":
        raise UnsupportedMedia("Send the body without Content-Encoding.")
    body = await capped(request, LARGEST_BODY).body()
    content_type = request.headers.get("content-type")
    call = None
    if idempotency_key is not None:
        asked = (content_type or "").encode() + b"\n" + body
        digest = hashlib.sha256(asked).digest()
        client = str(principal.id)
        call = Call(principal.region_id, client, idempotency_key, digest)
    return Pushed(principal, body, content_type, call)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """An uploaded file with what was said about it."""

    principal: Principal
    upload: Upload
    dry_run: bool


class _Told(BaseModel):
    """The fields of the form beside the file."""

    model_config = ConfigDict(extra="ignore")

    profile: Literal["auto", "im47"] = "auto"
    dry_run: bool = False
    source: str = Field(default=DEFAULT_SOURCE, min_length=1, max_length=255)
    network: Network = Network.FILE


async def uploaded(
    request: Request,
    principal: Annotated[Principal, Depends(needs(Scope.INGEST_WRITE))],
) -> Uploaded:
    """Read a form with a file after its sender is known; the form is capped too."""
    limited = capped(request, LARGEST_FILE + _FORM_OVERHEAD)
    async with limited.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise invalid("file", "is missing: send multipart/form-data with a file")
        told = _told({key: value for key, value in form.items() if key != "file"})
        data = await file.read()
    upload = Upload(data, told.profile, told.source.strip(), told.network)
    return Uploaded(principal, upload, told.dry_run)


def _told(fields: Mapping[str, object]) -> _Told:
    try:
        told = _Told.model_validate(fields)
        identifier(told.source, "source")
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    except Refused as error:
        raise invalid("source", error.reason) from error
    return told


PushedDep = Annotated[Pushed, Depends(pushed)]
UploadedDep = Annotated[Uploaded, Depends(uploaded)]
WorkDep = Annotated[Work, Depends(work_in)]
VaultDep = Annotated[Vault, Depends(vault_of)]
CheckAddressDep = Annotated[CheckAddress, Depends(check_address_of)]
NetworksDep = Annotated[Networks, Depends(watching_of)]
DeliveriesDep = Annotated[Deliveries, Depends(deliveries_of)]
LimitsDep = Annotated[Limits, Depends(limits_of)]
AdministratorDep = Annotated[Principal, Depends(needs(Scope.ADMIN))]
SearchDep = Annotated[Search, Depends(search_of)]
RulebooksDep = Annotated[Rulebooks, Depends(rulebooks_of)]
Reader = Annotated[UnitOfWork, Depends(unit(Scope.INGEST_READ), scope="function")]
Writer = Annotated[UnitOfWork, Depends(unit(Scope.INGEST_WRITE), scope="function")]
Archivist = Annotated[UnitOfWork, Depends(unit(Scope.ARCHIVE_READ), scope="function")]
Administrator = Annotated[UnitOfWork, Depends(unit(Scope.ADMIN), scope="function")]
TriageWriter = Annotated[
    UnitOfWork, Depends(unit(Scope.TRIAGE_WRITE), scope="function")
]
