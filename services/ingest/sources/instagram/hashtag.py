"""Publications of a day with a hashtag, whoever's they are; Meta tells no author."""

from datetime import timedelta
from typing import Final

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Access, Place
from services.ingest.sources.instagram.budget import claim
from services.ingest.sources.instagram.owner import account_of
from services.ingest.sources.instagram.parse import (
    MEDIA_FIELDS,
    WORDS,
    Account,
    media_of,
)
from services.ingest.sources.meta.items import Edges, Item, Listing, Unknown, text_in
from services.ingest.sources.meta.state import GraphState
from services.ingest.sources.meta.watch import Open
from shared.networks.meta import Graph
from shared.networks.meta.edges import is_id
from shared.networks.meta.errors import NO_HASHTAG, TOO_MANY_HASHTAGS, code_of

RECENT: Final = "recent_media"
PAGE_SIZE: Final = 50
_EVERY: Final = timedelta(minutes=5)


class HashtagEdges:
    """The only edge of a hashtag; what is missing from it is only older than a day."""

    words = WORDS
    lanes: tuple[str, ...] = (RECENT,)
    strange: frozenset[str] = frozenset()
    fleeting = frozenset({RECENT})
    every = _EVERY

    def __init__(self, graph: Graph, ours: str, tag: str, number: str) -> None:
        self.graph = graph
        self.account = f"#{tag}"
        self._ours = ours
        self._number = number

    async def posts(self, lane: str, after: str | None, unknown: Unknown) -> Listing:
        page = await self.graph.page(
            f"{self._number}/{lane}",
            after=after,
            user_id=self._ours,
            limit=PAGE_SIZE,
            fields=MEDIA_FIELDS,
        )
        # Without a name of our own every handle is somebody's.
        nobody = Account("", "")
        found = (
            media_of(each, unknown, account=nobody, is_own=False) for each in page.data
        )
        return Listing(tuple(item for item in found if item is not None), page.after)

    async def comments(
        self,
        above: str,  # noqa: ARG002 -- nothing below finds may be read
        after: str | None,  # noqa: ARG002 -- the same
        post: str,  # noqa: ARG002 -- the same
        url: str | None,  # noqa: ARG002 -- the same
        unknown: Unknown,  # noqa: ARG002 -- the same
    ) -> Listing:
        return Listing(())

    async def again(
        self,
        name: str,  # noqa: ARG002 -- finds can not be read by their ids
        url: str | None,  # noqa: ARG002 -- the same
        unknown: Unknown,  # noqa: ARG002 -- the same
    ) -> Item | None:
        return None


def opener(place: Place) -> Open:
    """Make what opens a hashtag, once it is counted among the thirty of a week."""

    async def make(access: Access, state: GraphState) -> Edges:
        tag, now = place.native, access.clock()
        if not state.account:
            state.account = (await account_of(place, access)).id
        if state.claimed <= now.timestamp():
            end = await claim(access.budget, state.account, tag, now)
            state.claimed = int(end.timestamp())
        graph = Graph(access, WORDS.network.value, about=state.account)
        if not state.title:
            state.title = await number_of(graph, state.account, tag)
        return HashtagEdges(graph, state.account, tag, state.title)

    return make


async def number_of(graph: Graph, account: str, tag: str) -> str:
    """Ask for a hashtag's number; raises `SourceError` when there is none to be had."""
    try:
        answer = await graph.get("ig_hashtag_search", user_id=account, q=tag)
    except SourceError as error:
        raise _of_hashtag(error, tag) from error
    data = answer.get("data")
    number = text_in(data[0], "id") if isinstance(data, list) and data else ""
    if not is_id(number):
        raise SourceError(f"Instagram knows no hashtag {tag}", ErrorKind.DISABLE)
    return number


def _of_hashtag(error: SourceError, tag: str) -> SourceError:
    code = code_of(error)
    if code == TOO_MANY_HASHTAGS:
        # Another program asks on behalf of the same account.
        day = timedelta(days=1)
        return SourceError(str(error), ErrorKind.WAIT, retry_after=day, code=error.code)
    if code == NO_HASHTAG:
        message = f"Instagram knows no hashtag {tag}"
        return SourceError(message, ErrorKind.DISABLE, code=error.code)
    return error
