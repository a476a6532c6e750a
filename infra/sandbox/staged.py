"""What stands on the fake networks, on the sandbox's own pages.

The permalinks of the fakes are those of the real networks; `/site/<host>/<path>` opens
them here.
"""

from typing import Final

from infra.sandbox.network import Network
from infra.sandbox.networks import FakeNetwork, NetworkContext
from infra.sandbox.pages.views import Pages, PostView, ReplyView
from infra.sandbox.stage import AuthorKind, Item
from infra.sandbox.world import Page

_ON_A_PAGE: Final = 30


class Staged:
    """The pages of the networks that have a fake."""

    def __init__(self, network: Network, fakes: tuple[FakeNetwork, ...]) -> None:
        self._networks = network.networks
        self._sites = {fake.site: fake for fake in fakes if fake.site}
        self._codes = {fake.code for fake in fakes}

    def has(self, page: Page) -> bool:
        """Tell whether a page is seen through a fake; feeds are the world's own."""
        return page.network in self._codes and page.delivery != "feed"

    def posts(self, pages: Pages, page: Page) -> list[PostView]:
        """Give the newest posts of a page with the official answers to them."""
        context = self._context(page.network)
        newest = context.stage.posts(page.code)[:_ON_A_PAGE]
        return [_view(pages, context, post) for post in newest]

    def post(self, pages: Pages, page: Page, number: str) -> PostView | None:
        """Give a post with all that stands under it, by its number or a comment's."""
        context = self._context(page.network)
        item = context.stage.find(page.code, int(number))
        post = item and context.stage.find(page.code, item.root or item.id)
        if post is None or post.is_deleted:
            return None
        view = _view(pages, context, post)
        return view.under(
            tuple(
                _view(pages, context, one)
                for one in _comments(context, post)
                if not _is_official(one)
            )
        )

    def address(self, host: str, path: str) -> str | None:
        """Say where on our pages stands what an address of a network leads to."""
        fake = self._sites.get(host)
        if fake is None or fake.spot_of is None:
            return None
        stage = self._context(fake.code).stage
        spot = fake.spot_of(stage, path)
        if spot is None or spot.item is None:
            return f"/pages/{spot.page}" if spot else None
        item = stage.find(spot.page, spot.item)
        if item is None:
            return None
        kind = "reply" if _is_official(item) and item.root else "post"
        root = item.root or item.id
        return f"/pages/{spot.page}/posts/{root}#{kind}-{item.id}"

    def _context(self, code: str) -> NetworkContext:
        self._networks.catch_up()
        return self._networks.context(code)


def _comments(context: NetworkContext, post: Item) -> list[Item]:
    found = context.stage.comments(post.page, post.id)
    return [one for one in found if not one.is_deleted]


def _is_official(item: Item) -> bool:
    return item.writer.kind is AuthorKind.GROUP


def _view(pages: Pages, context: NetworkContext, item: Item) -> PostView:
    """Make an item ready for printing, with the official answers right under it."""
    root = item if item.root is None else context.stage.item(item.page, item.root)
    answers = [
        one
        for one in _comments(context, root)
        if _is_official(one) and one.parent == item.id
    ]
    return PostView(
        id=str(item.id),
        author=item.writer.name,
        tint=pages.tint(str(item.writer.id)),
        text=item.text,
        at=pages.said(item.created_at),
        at_iso=item.created_at.isoformat(),
        is_edited=item.edited_at is not None,
        likes=item.counters.likes or 0,
        replies=tuple(_answer(pages, one) for one in answers),
    )


def _answer(pages: Pages, item: Item) -> ReplyView:
    return ReplyView(
        id=str(item.id),
        text=item.text,
        at=pages.said(item.created_at),
        at_iso=item.created_at.isoformat(),
        author=item.writer.name,
    )
