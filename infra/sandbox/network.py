"""The parts of the running network, and the look-ups its routes share."""

import hmac
from dataclasses import dataclass, field
from functools import cached_property

import httpx
from pydantic import SecretStr

from infra.sandbox.clock import VirtualClock
from infra.sandbox.faults import FaultPlan
from infra.sandbox.networks import Networks
from infra.sandbox.pages.views import Pages, PostView
from infra.sandbox.replies import ReplyBook
from infra.sandbox.stage.journal import Journal
from infra.sandbox.world import Page, Post, World
from shared.errors import NotFound, Unauthenticated


@dataclass(frozen=True)
class Network:
    """The invented network: its world, its time, and what officials answered.

    Without a `token` everybody who reaches the process may change things. `http`
    carries the pushes of the fake networks; without it they open a client. The
    `journal` keeps what was done to their stages.
    """

    world: World
    clock: VirtualClock
    replies: ReplyBook
    token: SecretStr | None
    faults: FaultPlan = field(default_factory=FaultPlan)
    http: httpx.AsyncClient | None = None
    journal: Journal = field(default_factory=Journal)

    @cached_property
    def networks(self) -> Networks:
        """The fakes of the real networks, on stages where this world plays."""
        return Networks(self.world, self.clock, self.http, self.journal)

    def page(self, code: str) -> Page:
        try:
            return self.world.region.page(code)
        except KeyError:
            raise NotFound("page", code) from None

    def post(self, page: Page, post_id: str) -> Post:
        """Give a published post or comment of a page as it stands now."""
        post = self.world.find(post_id, self.clock())
        if post is None or post.page != page.code:
            raise NotFound("post", post_id)
        return post

    def thread(self, page: Page, post: Post) -> Post:
        """Give the post that a comment stands under, or the post itself."""
        return post if post.parent_id is None else self.post(page, post.parent_id)

    def view(self, pages: Pages, post: Post, *, with_comments: bool) -> PostView:
        """Make a post ready for its page."""
        comments = self.world.comments(post, self.clock()) if with_comments else []
        views = [self.view(pages, one, with_comments=False) for one in comments]
        return pages.view(post, self.replies.under(post.page, post.id), views)

    def check_token(self, authorization: str | None) -> None:
        """Refuse a caller who does not carry the token."""
        if self.token is None:
            return
        expected = f"Bearer {self.token.get_secret_value()}".encode()
        if not hmac.compare_digest((authorization or "").encode(), expected):
            raise Unauthenticated("A bearer token of the sandbox is required.")
