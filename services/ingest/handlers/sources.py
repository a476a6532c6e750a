"""The region's sources: listed, added, changed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID

from services.ingest.domain.checks import OLDEST
from services.ingest.handlers.bells import SOURCE_JOB
from services.ingest.sources.options import NotAnOption, checked
from services.ingest.sources.safe_http import UnsafeAddress
from services.ingest.store import credentials
from services.ingest.store import sources as source_store
from shared.errors import Conflict, NotFound, invalid
from shared.identity import store as identity
from shared.models.ingest import Source
from shared.queue import Argument
from shared.uow import UnitOfWork

_ONLY_ASKED: Final = frozenset({"url", "poll_every_s", "credential_id", "options"})
_NOT_FOR: Final[Mapping[str, frozenset[str]]] = {
    "feed": frozenset({"credential_id", "options"}),
    "page": frozenset({"url"}),
    "webhook": _ONLY_ASKED,
}
"""What cannot be changed of a source, by its kind."""
_NAMED_BY_POSTS: Final = _ONLY_ASKED | {"name"}
"""Nor of the other kinds: their posts say by its name which source they belong to."""

_BEFORE_ALL: Final = OLDEST - timedelta(seconds=1)
_ASKS_ANEW: Final = frozenset({"url", "state", "credential_id", "options"})

CheckAddress: TypeAlias = Callable[[str], Awaitable[None]]
"""Raises UnsafeAddress for an address no feed may have."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person says about a source."""

    kind: str
    network: str
    name: str
    url: str | None
    municipality: str | None
    intake: str
    poll_every_s: int | None


async def list_sources(uow: UnitOfWork) -> Sequence[Source]:
    """List the region's sources by name."""
    return await source_store.listed(uow.session, uow.region_id)


async def create_source(uow: UnitOfWork, draft: Draft, check: CheckAddress) -> Source:
    """Add a source; a feed is asked at once."""
    await check_fields(uow, draft.url, draft.municipality, check)
    await check_name(uow, draft.network, draft.name)
    is_feed = draft.kind == "feed"
    source = Source(
        region_id=uow.region_id,
        kind=draft.kind,
        network=draft.network,
        name=draft.name,
        url=draft.url,
        municipality=draft.municipality,
        intake=draft.intake,
        poll_every_s=draft.poll_every_s if is_feed else None,
        next_poll_at=uow.now if is_feed else None,
        created_at=uow.now,
    )
    uow.session.add(source)
    if is_feed:
        uow.ring("poll_source", uow.region_id, str(source.id))
    uow.audit("source.created", "source", source.id, kind=draft.kind, name=draft.name)
    return source


async def change_source(
    uow: UnitOfWork, source_id: UUID, changes: Mapping[str, Any], check: CheckAddress
) -> Source:
    """Change fields of a source; a feed that is started or moved is asked at once."""
    source = await source_store.one(uow.session, uow.region_id, source_id, lock=True)
    if source is None:
        raise NotFound("source", source_id)
    if source.kind == "page" and "options" in changes:
        key = (source.network, source.place_kind)
        changes = {**changes, "options": checked_options(key, changes["options"])}
    changed = {k: v for k, v in changes.items() if getattr(source, k) != v}
    if wrong := changed.keys() & _NOT_FOR.get(source.kind, _NAMED_BY_POSTS):
        raise invalid(min(wrong), f"is not for sources of the kind {source.kind}")
    await check_fields(uow, changed.get("url"), changed.get("municipality"), check)
    await check_credential(uow, source.network, changed.get("credential_id"))
    told = await _renamed(uow, source, changed)
    told |= told_of({k: v for k, v in changed.items() if k not in told})
    for name, value in changed.items():
        setattr(source, name, value)
    _ask_anew(uow, source, changed)
    if changed:
        uow.audit("source.changed", "source", source.id, fields=sorted(changed), **told)
    return source


def told_of(values: Mapping[str, Any]) -> dict[str, Argument]:
    """Write settings for the audit log, but a feed's address: it may hold a key."""
    return {
        name: {each: str(one) for each, one in value.items()}
        if isinstance(value, Mapping)
        else str(value)
        for name, value in values.items()
        if name != "url"
    }


async def _renamed(
    uow: UnitOfWork, source: Source, changed: Mapping[str, Any]
) -> dict[str, str]:
    """Say the name before and after for the audit log; raises Conflict for a taken one.

    The index learns the new name in the background; what was handed on to the queue
    keeps the name it came with.
    """
    if "name" not in changed:
        return {}
    await check_name(uow, source.network, changed["name"])
    source.index_after = _BEFORE_ALL
    uow.ring(SOURCE_JOB, uow.region_id, str(source.id))
    return {"name": changed["name"], "name_before": source.name}


async def check_name(uow: UnitOfWork, network: str, name: str) -> None:
    """Raise Conflict for a name that another source of the network has."""
    if await source_store.named(uow.session, uow.region_id, [(network, name)]):
        raise Conflict(f"There is a source {name!r} of {network} already.")


def _ask_anew(uow: UnitOfWork, source: Source, changed: Mapping[str, Any]) -> None:
    if "url" in changed:
        source.cursor = {}
    if "state" in changed:
        source.stop_reason = None
    if source.kind in source_store.POLLED and changed.keys() & _ASKS_ANEW:
        source.failures = 0
        source.next_poll_at = uow.now
        uow.ring("poll_source", uow.region_id, str(source.id))


def checked_options(
    key: tuple[str, str | None], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Read the options of a place of a network; raises Invalid for unknown ones."""
    network, place_kind = key
    try:
        return dict(checked(network, place_kind, given))
    except NotAnOption as error:
        raise invalid(f"options.{error.name}", error.reason) from error


async def check_credential(
    uow: UnitOfWork, network: str, credential_id: UUID | None
) -> None:
    """Raise Invalid for a credential of another network or region."""
    if credential_id is None:
        return
    found = await credentials.one(uow.session, uow.region_id, credential_id)
    if found is None or found.network != network:
        raise invalid("credential_id", f"is no credential of {network}")


async def check_fields(
    uow: UnitOfWork, url: str | None, municipality: str | None, check: CheckAddress
) -> None:
    """Raise Invalid for an inner address or a place that is not in the region."""
    if url is not None:
        try:
            await check(url)
        except UnsafeAddress as error:
            raise invalid("url", str(error)) from error
    if municipality is None:
        return
    known = await identity.municipalities(uow.session)
    if municipality not in {each.code for each in known}:
        raise invalid("municipality", "is not a code of this region")
