"""An account: its media, where it is tagged, comments, what mentions it elsewhere."""

from typing import Final

from services.ingest.sources.connector import Access, Place
from services.ingest.sources.instagram.owner import account_of
from services.ingest.sources.instagram.parse import (
    COMMENT_FIELDS,
    MEDIA_FIELDS,
    REPLY_FIELDS,
    WORDS,
    Account,
    comment_of,
    media_of,
    permalink_in,
    shortcode_in,
)
from services.ingest.sources.meta.items import (
    HEAD_EVERY,
    Edges,
    Item,
    Listing,
    Unknown,
    object_in,
    text_in,
)
from services.ingest.sources.meta.state import GraphState
from services.ingest.sources.meta.watch import Open
from shared.networks.meta import Graph

PAGE_SIZE: Final = 100
COMMENTS: Final = 50
MEDIA: Final = "media"
TAGS: Final = "tags"
MENTION: Final = "~"
"""Before the name of what is not ours: it is only had as a mention of us."""


class AccountEdges:
    """The edges of one account; with `code`, that publication of it alone."""

    words = WORDS
    strange = frozenset({TAGS})
    fleeting: frozenset[str] = frozenset()
    every = HEAD_EVERY

    def __init__(self, graph: Graph, ours: Account, code: str = "") -> None:
        self.graph = graph
        self.account = ours.id
        self._ours = ours
        self._code = code
        self.lanes: tuple[str, ...] = (MEDIA,) if code else (MEDIA, TAGS)

    async def posts(self, lane: str, after: str | None, unknown: Unknown) -> Listing:
        page = await self.graph.page(
            f"{self.account}/{lane}", after=after, limit=PAGE_SIZE, fields=MEDIA_FIELDS
        )
        found = (
            media_of(each, unknown, account=self._ours, is_own=lane == MEDIA)
            for each in page.data
        )
        items = tuple(
            item
            for item in found
            if item is not None and self._code in {"", shortcode_in(item.url)}
        )
        is_found = bool(self._code and items)
        return Listing(items, None if is_found else page.after)

    async def comments(
        self,
        above: str,
        after: str | None,
        post: str,
        url: str | None,
        unknown: Unknown,
    ) -> Listing:
        """Comments of a publication have replies with them, those of a comment none."""
        is_root = above == post
        page = await self.graph.page(
            f"{above}/{'comments' if is_root else 'replies'}",
            after=after,
            limit=COMMENTS,
            fields=COMMENT_FIELDS if is_root else REPLY_FIELDS,
        )
        found = (
            comment_of(
                each,
                unknown,
                post=post,
                account=self._ours,
                url=url,
                parent="" if is_root else above,
            )
            for each in page.data
        )
        return Listing(tuple(item for item in found if item is not None), page.after)

    async def again(self, name: str, url: str | None, unknown: Unknown) -> Item | None:
        if name.startswith(MENTION):
            return await self._mentioned(name.removeprefix(MENTION), unknown)
        post, _, comment = name.partition("/")
        if not comment:
            data = await self.graph.get(post, fields=MEDIA_FIELDS)
            return media_of(data, unknown, account=self._ours, is_own=True)
        fields = f"{COMMENT_FIELDS},parent_id"
        data = await self.graph.get(comment, fields=fields)
        return comment_of(data, unknown, post=post, account=self._ours, url=url)

    async def _mentioned(self, name: str, unknown: Unknown) -> Item | None:
        """Read what names us elsewhere: that is all of it we may see."""
        media, _, comment = name.partition("/")
        if not comment:
            data = await self._field("mentioned_media", media, MEDIA_FIELDS)
            return media_of(data, unknown, account=self._ours, is_own=False)
        fields = "id,text,timestamp,like_count,media{id,permalink}"
        data = await self._field("mentioned_comment", comment, fields)
        below = object_in(data, "media")
        post, url = text_in(below, "id") or media, permalink_in(below)
        return comment_of(data, unknown, post=post, account=self._ours, url=url)

    async def _field(self, field: str, number: str, fields: str) -> object:
        kind = field.partition("_")[2]
        wanted = f"{field}.{kind}_id({number}){{{fields}}}"
        answer = await self.graph.get(self.account, fields=wanted)
        return object_in(answer, field)


def opener(place: Place) -> Open:
    """Make what opens the edges of a place's account."""

    async def make(access: Access, state: GraphState) -> Edges:
        if not state.account:
            ours = await account_of(place, access)
            state.account, state.title = ours.id, ours.name
        ours = Account(state.account, state.title)
        graph = Graph(access, WORDS.network.value, about=ours.id)
        return AccountEdges(graph, ours, place.native if place.kind == MEDIA else "")

    return make
