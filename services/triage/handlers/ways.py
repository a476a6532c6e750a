"""Which post an answer goes under, and which official page gives it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.triage.domain.answering import Address, Page, Target
from services.triage.publishers import Publisher, Publishers
from shared.identity.principal import Principal
from shared.models.posting import OfficialPage
from shared.models.triage import IncidentPost


@dataclass(frozen=True)
class Way:
    """A post that can be answered, the page that may, and what carries the answer."""

    post: IncidentPost
    page: OfficialPage
    publisher: Publisher


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the person who publishes has chosen; None leaves it to Otklik."""

    post_id: UUID | None = None
    page_id: UUID | None = None
    further: bool = False


ANY = Wish()


def way(
    posts: Sequence[IncidentPost],
    pages: Sequence[OfficialPage],
    publishers: Publishers,
    principal: Principal,
    authority: str | None,
    wish: Wish = ANY,
) -> Way | None:
    """Find the first post that can be answered by a page this person may speak from.

    Of several pages the one it stands on, else the first registered that is not paused.
    None when the answer has to be published by hand.
    """
    for post in posts:
        if post.deleted_at is None and wish.post_id in {None, post.post_id}:
            found = _way(post, pages, publishers, principal, authority, wish)
            if found:
                return found
    return None


def _way(
    post: IncidentPost,
    pages: Sequence[OfficialPage],
    publishers: Publishers,
    principal: Principal,
    authority: str | None,
    wish: Wish,
) -> Way | None:
    publisher = publishers.serving(address_of(post))
    if publisher is None:
        return None
    speaking = (
        page
        for page in pages
        if page.network == publisher.network
        and wish.page_id in {None, page.id}
        and may_speak(page, principal.roles, authority)
    )
    address = address_of(post)
    page = min(
        speaking,
        key=lambda page: (
            not publisher.is_at_home(address, page.native_id),
            page.paused_at is not None,
        ),
        default=None,
    )
    return Way(post, page, publisher) if page else None


def may_speak(
    page: OfficialPage, roles: Collection[str], authority: str | None
) -> bool:
    """Tell whether people of these roles may answer an authority's incident there."""
    is_open = page.retired_at is None
    is_concerned = page.authority is None or page.authority == authority
    return is_open and is_concerned and not set(page.speakers).isdisjoint(roles)


def address_of(post: IncidentPost) -> Address:
    """Say where a post stands, to the publishers."""
    return Address(
        network=post.network,
        kind=post.kind,
        url=post.url,
        key=post.post_key,
        parent_key=post.parent_key,
    )


def target_of(post: IncidentPost, page: OfficialPage) -> Target:
    """Say what is answered, and as whom."""
    speaker = Page(
        region_id=page.region_id,
        network=page.network,
        native_id=page.native_id,
        name=page.name,
        credential=page.credential,
    )
    return Target(address=address_of(post), page=speaker)


def item_key(post: IncidentPost) -> str:
    """Name a post whichever source has seen it; else as only we know it."""
    return post.post_key or f"post:{post.post_id}"
