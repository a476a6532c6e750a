"""Reading: the archive search, one post, its sealed original."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.ingest.handlers.receive import link_place_of, place_of, redacted
from services.ingest.store import posts, sealed_links
from services.ingest.store import rules as rule_store
from services.ingest.store import sources as source_store
from shared.errors import NamedPersonRequired, NotFound
from shared.identity import store as identity
from shared.identity.principal import Principal
from shared.models.ingest import Post, PostRevision, Source
from shared.models.rules import Match
from shared.search import Page, Query, Search
from shared.uow import UnitOfWork
from shared.vault import Vault


@dataclass(frozen=True, slots=True)
class PostView:
    """A post with everything that is kept beside it but its original."""

    post: Post
    source: Source
    revisions: Sequence[PostRevision]
    matches: Sequence[Match]
    has_original: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A search as a person asks for it: a day is meant where the region is."""

    q: str = ""
    from_: datetime | date | None = None
    to: datetime | date | None = None
    network: str | None = None
    topic: str | None = None
    status: str | None = None
    municipality: str | None = None
    cursor: str | None = None
    limit: int = 20


async def search_archive(uow: UnitOfWork, search: Search, asked: Asked) -> Page:
    """Answer a page of the archive; every search is audited, without names in it."""
    zone = ZoneInfo(await identity.zone_of(uow.session, uow.region_id))
    page = await search.search(
        Query(
            region_id=uow.region_id,
            q=asked.q,
            published_from=_moment(asked.from_, zone),
            published_to=_moment(asked.to, zone, days=1),
            network=asked.network,
            topic=asked.topic,
            status=asked.status,
            municipality=asked.municipality,
            cursor=asked.cursor,
            limit=asked.limit,
        )
    )
    uow.audit(
        "archive.searched",
        "archive",
        uow.region_id,
        q=redacted(asked.q).text,
        found=page.estimated_total,
        filters={
            name: str(value)
            for name in _FILTERS
            if (value := getattr(asked, name)) is not None
        },
    )
    return page


_FILTERS: Final = ("from_", "to", "network", "topic", "status", "municipality")


def _moment(
    given: datetime | date | None, zone: ZoneInfo, *, days: int = 0
) -> datetime | None:
    """Read a day as its first moment, or with `days=1` as the one after its last."""
    if given is None or isinstance(given, datetime):
        return given
    try:
        return datetime.combine(given + timedelta(days=days), time(), zone)
    except OverflowError:
        return None


async def view_post(uow: UnitOfWork, post_id: UUID) -> PostView:
    """Read a post; NotFound also for one of another region."""
    post = await _post(uow, post_id)
    source = await source_store.one(uow.session, uow.region_id, post.source_id)
    if source is None:
        raise NotFound("source", post.source_id)
    return PostView(
        post,
        source,
        await posts.revisions(uow.session, post_id),
        await rule_store.matches_of(uow.session, post_id, post.revision),
        await posts.sealed(uow.session, post_id, post.revision) is not None,
    )


async def open_original(
    uow: UnitOfWork, vault: Vault, post_id: UUID, *, reason: str
) -> tuple[int, str]:
    """Open the sealed original of a post as it stands; the opening is audited.

    Only for a named person, like `open_address`. Returns the revision and its text.
    NotFound where redaction changed nothing.
    """
    _only_people(uow.principal)
    post = await _post(uow, post_id)
    sealed = await posts.sealed(uow.session, post_id, post.revision)
    if sealed is None:
        raise NotFound("sealed original of post", post_id)
    text = vault.unseal(sealed.sealed, place_of(post_id, post.revision))
    uow.audit(
        "original.opened",
        "post",
        post_id,
        revision=post.revision,
        reason=redacted(reason).text,
    )
    return post.revision, text


async def open_address(uow: UnitOfWork, vault: Vault, post_id: UUID) -> str:
    """Open the sealed address of a post; the opening is audited.

    Only for a named person: a program would open all of them, and so collect people.
    NotFound where the address names nobody, and once its time is over.
    """
    _only_people(uow.principal)
    await _post(uow, post_id)
    found = await sealed_links.one(uow.session, post_id)
    if found is None:
        raise NotFound("sealed address of post", post_id)
    uow.audit("address.opened", "post", post_id)
    return vault.unseal(found.sealed, link_place_of(post_id))


def _only_people(principal: Principal) -> None:
    if not principal.named_person:
        raise NamedPersonRequired("Only a named person may open what is sealed.")


async def _post(uow: UnitOfWork, post_id: UUID) -> Post:
    post = await posts.one(uow.session, uow.region_id, post_id)
    if post is None:
        raise NotFound("post", post_id)
    return post
