"""Watching by a link: recognised, tested, added, paused and resumed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from services.ingest.handlers.poll_stored import POLL_JOB
from services.ingest.handlers.polling import PATIENCE, options_of, place_of
from services.ingest.handlers.sources import (
    CheckAddress,
    Draft,
    check_credential,
    check_fields,
    check_name,
    checked_options,
    create_source,
    told_of,
)
from services.ingest.handlers.tokens import opened, tokens_of
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Checked, Connector, Place, Token
from services.ingest.sources.networks import Networks
from services.ingest.sources.remarks import Remark, clock
from services.ingest.store import credentials, watched
from services.ingest.store import sources as source_store
from shared.errors import Conflict, NotFound, invalid
from shared.identity import store as identity
from shared.identity.principal import Principal
from shared.models.ingest import Source
from shared.models.networks import PageStat
from shared.uow import UnitOfWork, Work
from shared.vault import Vault

MOST_FIGURES: Final = 1000


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person says about a page they want watched; the link says the rest."""

    link: str
    name: str | None = None
    municipality: str | None = None
    intake: str | None = None
    poll_every_s: int | None = None
    credential_id: UUID | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    accept_notice: bool = False


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a link leads to, and what watching it takes."""

    place: Place
    token_kinds: tuple[str, ...]
    needs_notice: bool
    has_token: bool
    known_as: UUID | None  # the source that watches it already


@dataclass(frozen=True, slots=True)
class Tested:
    """How a test went: what the network told, or why it told nothing."""

    checked: Checked | None
    error: SourceError | None = None
    warnings: tuple[Remark, ...] = ()


def recognise(networks: Networks, link: str) -> tuple[Place, Connector]:
    """Say what a link leads to; raises Invalid when no network knows it."""
    place = networks.recognise(link)
    if place is None:
        raise invalid("link", "leads to nothing that can be watched")
    connector = networks.of("feed" if place.kind == "feed" else "page", place.network)
    if connector is None:
        raise invalid("link", f"there is no connector of {place.network}")
    return place, connector


async def look_up(uow: UnitOfWork, networks: Networks, link: str) -> Recognised:
    """Recognise a link, and say what is there for it already."""
    place, connector = recognise(networks, link)
    found = await credentials.of_network(uow.session, uow.region_id, place.network)
    key = (place.network.value, place.kind, place.native)
    known = await source_store.at_place(uow.session, uow.region_id, key, place.url)
    return Recognised(
        place,
        connector.token_kinds,
        connector.off_by_default,
        any(each.state == "ok" for each in found),
        known.id if known else None,
    )


async def watch(
    uow: UnitOfWork, networks: Networks, wish: Wish, check_address: CheckAddress
) -> Source:
    """Watch what a link leads to; it is asked at once."""
    place, connector = recognise(networks, wish.link)
    if place.kind == "feed":
        return await create_source(uow, _feed(place, wish), check_address)
    _accepted(connector, wish)
    await check_fields(uow, None, wish.municipality, check_address)
    await check_credential(uow, place.network, wish.credential_id)
    options = checked_options((place.network, place.kind), wish.options)
    _refuse_unwatchable(networks, connector, place, options)
    name = wish.name or _named(place)
    await _is_new(uow, place, name)
    source = Source(
        region_id=uow.region_id,
        kind="page",
        network=place.network,
        name=name,
        url=place.url,
        municipality=wish.municipality,
        intake=wish.intake or "matched",
        poll_every_s=wish.poll_every_s,
        next_poll_at=uow.now + source_store.RUNG,
        created_at=uow.now,
        place_kind=place.kind,
        native=place.native,
        credential_id=wish.credential_id,
        options=options,
    )
    if connector.off_by_default:
        source.accepted_by, source.accepted_at = uow.principal.name, uow.now
    uow.session.add(source)
    uow.ring(POLL_JOB, uow.region_id, str(source.id))
    uow.audit(
        "source.created",
        "source",
        source.id,
        kind=place.kind,
        network=place.network.value,
        name=name,
        link=place.url,
        accepted_notice=connector.off_by_default,
        **told_of({"intake": source.intake, "options": options}),
    )
    return source


def _named(place: Place) -> str:
    """Name a source after its place; after its address where that is a number."""
    is_number = not any(map(str.isalpha, place.native))
    native = place.url.partition("://")[2] if is_number else place.native
    return place.name or native


def _feed(place: Place, wish: Wish) -> Draft:
    return Draft(
        kind="feed",
        network=place.network,
        name=wish.name or urlsplit(place.url).hostname or place.url,
        url=place.url,
        municipality=wish.municipality,
        intake=wish.intake or "matched",
        poll_every_s=wish.poll_every_s,
    )


def _refuse_unwatchable(
    networks: Networks, connector: Connector, place: Place, options: Mapping[str, Any]
) -> None:
    """Raise Invalid for what is recognised in order to be refused: above all, people.

    It has no name, or its connector does not open it. No network is called.
    """
    if not place.native:
        raise invalid("link", f"leads to what is not watched: {place.kind}")
    access, _ = networks.reach(connector, (), {"zone": "UTC", **options}, region=0)
    try:
        connector.open(place, access)
    except SourceError as error:
        if error.kind is ErrorKind.DISABLE:
            raise invalid("link", str(error)) from error


def _accepted(connector: Connector, wish: Wish) -> None:
    if connector.off_by_default and not wish.accept_notice:
        raise invalid(
            "accept_notice",
            f"{connector.network} is off until its legal and money notice is accepted",
        )


async def _is_new(uow: UnitOfWork, place: Place, name: str) -> None:
    key = (place.network.value, place.kind, place.native)
    known = await source_store.at_place(uow.session, uow.region_id, key, place.url)
    if known is not None:
        raise Conflict(f"{place.url} is watched already, as {known.name!r}.")
    await check_name(uow, place.network.value, name)


async def get(uow: UnitOfWork, source_id: UUID) -> Source:
    """Find a source or raise NotFound."""
    source = await source_store.one(uow.session, uow.region_id, source_id)
    if source is None:
        raise NotFound("source", source_id)
    return source


async def figures_of(uow: UnitOfWork, source_id: UUID) -> Sequence[PageStat]:
    """List what is known of a page's figures, the newest day first."""
    source = await get(uow, source_id)
    return await watched.figures(
        uow.session, uow.region_id, source.id, limit=MOST_FIGURES
    )


async def pause(uow: UnitOfWork, source_id: UUID) -> Source:
    """Stop asking a source; what it brought stays."""
    source = await _locked(uow, source_id)
    source.state, source.stop_reason = "paused", None
    uow.audit("source.paused", "source", source.id, name=source.name)
    return source


async def resume(uow: UnitOfWork, source_id: UUID) -> Source:
    """Start a source again, whatever stopped it; it is asked at once."""
    source = await _locked(uow, source_id)
    start(uow, source)
    uow.audit("source.resumed", "source", source.id, name=source.name)
    return source


def start(uow: UnitOfWork, source: Source) -> None:
    """Make a source be asked at once, as if it had never failed."""
    source.state, source.stop_reason = "active", None
    source.failures = 0
    if source.kind in source_store.POLLED:
        source.next_poll_at = uow.now + source_store.RUNG
        uow.ring(POLL_JOB, uow.region_id, str(source.id))


async def _locked(uow: UnitOfWork, source_id: UUID) -> Source:
    source = await source_store.one(uow.session, uow.region_id, source_id, lock=True)
    if source is None:
        raise NotFound("source", source_id)
    return source


async def test_source(
    work: Work,
    networks: Networks,
    vault: Vault,
    principal: Principal,
    source_id: UUID,
) -> Tested:
    """Ask the network about a source once, without a transaction open meanwhile."""
    async with work.unit(principal.region_id, principal) as uow:
        source = await get(uow, source_id)
        connector = networks.of(source.kind, source.network)
        if connector is None or source.kind not in source_store.POLLED:
            raise invalid("source", "is not asked: it comes to us by itself")
        place, tokens = place_of(source), await tokens_of(uow, vault, source)
        options = await options_of(uow, source)
    return await _test(networks, connector, place, tokens, options, principal.region_id)


async def test_link(
    work: Work,
    networks: Networks,
    vault: Vault,
    principal: Principal,
    wish: Wish,
) -> Tested:
    """Ask the network about a link before it is added."""
    place, connector = recognise(networks, wish.link)
    _accepted(connector, wish)
    settings = checked_options((place.network, place.kind), wish.options)
    _refuse_unwatchable(networks, connector, place, settings)
    async with work.unit(principal.region_id, principal) as uow:
        await check_credential(uow, place.network, wish.credential_id)
        found = await credentials.of_network(uow.session, uow.region_id, place.network)
        tokens = opened(uow, vault, found, wish.credential_id)
        zone = await identity.zone_of(uow.session, uow.region_id)
    options = {**settings, "zone": zone}
    return await _test(networks, connector, place, tokens, options, principal.region_id)


async def _test(
    networks: Networks,
    connector: Connector,
    place: Place,
    tokens: list[Token],
    options: Mapping[str, Any],
    region: int,
) -> Tested:
    access, observed = networks.reach(connector, tokens, options, region)
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            checked = await connector.check(place, access)
    except SourceError as error:
        return Tested(None, error)
    except TimeoutError:
        return Tested(None, SourceError("the network did not answer", ErrorKind.RETRY))
    told = {each.code for each in checked.warnings}
    noticed = [each for each in clock(observed.skew) if each.code not in told]
    return Tested(checked, warnings=(*checked.warnings, *noticed))
