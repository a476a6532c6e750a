"""A network as nasty as the true ones, small: a wall, its comments and a hook.

It shows what connectors.md says of networks in general: pages that shift, late and
repeated events, deletions that show as a flag, as an event or not at all, counters
that are missing, clocks that differ, and failures of each kind.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import httpx

from services.ingest.domain.posts import IncomingPost, Network, PostKind
from services.ingest.sources.base import (
    OF_PEOPLE,
    Cursor,
    ErrorKind,
    Evidence,
    Fetched,
    FetchedPost,
    SourceError,
    Window,
)
from services.ingest.sources.connector import (
    Access,
    Checked,
    Delivery,
    Figure,
    Place,
    Reception,
    without_authors,
)
from shared.networks.budget import Rate
from tests.factories import NOW

LINK = "https://vk.com/klenovsk"
PLENTY = Rate(1_000_000)
TOLD = "тайна"
"""The secret the network was told to put into its events."""


class Wire:
    """What lies between us and a network: its clock, and who called."""

    def __init__(self) -> None:
        self.now: datetime = NOW
        self.calls: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(str(request.url))
        date = format_datetime(self.now, usegmt=True)
        return httpx.Response(200, json={}, headers={"Date": date})


@dataclass
class Thing:
    """A post or a comment as the network has it."""

    key: str
    text: str
    published_at: datetime
    parent: str | None = None
    edited_at: datetime | None = None
    flagged: bool = False  # shown as deleted
    likes: int | None = None


@dataclass
class FakeNetwork:
    """The world behind the API, and the connector that reads it."""

    network = Network.VK
    token_kinds: tuple[str, ...] = ("service", "community")
    off_by_default: bool = False
    page: int = 3
    number: str | None = None  # of the page, told by a poll
    unwatched: str = ""  # why nothing is opened, if it is not
    world: list[Thing] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    between: Any = None  # called after each page, to move the world meanwhile
    fetches: int = 0
    tokens: list[str] = field(default_factory=list)
    remembers: bool = False  # in the cursor, the keys of what was shown
    cursors: list[Cursor] = field(default_factory=list)  # that we were asked with
    followers: int = 1200

    def thing(self, key: str) -> Thing:
        return next(each for each in self.world if each.key == key)

    def publish(
        self, text: str, at: datetime, *, parent: str | None = None, key: str = ""
    ) -> str:
        kind = "wallreply" if parent else "wall"
        made = key or f"{kind}:-1_{len(self.world) + 1}"
        self.world.append(Thing(made, text, at, parent))
        return made

    def vanish(self, key: str) -> None:
        self.world.remove(self.thing(key))

    def recognise(self, link: str) -> Place | None:
        found = httpx.URL(link) if link.startswith("https://vk.com/") else None
        if found is None:
            return None
        name = found.path.strip("/")
        if name.startswith("id"):
            return Place(self.network, "person", "", f"https://vk.com/{name}")
        return Place(self.network, "wall", name, f"https://vk.com/{name}", "")

    def open(self, place: Place, access: Access) -> "FakeWall":
        if self.unwatched:
            raise SourceError(self.unwatched, ErrorKind.DISABLE)
        return FakeWall(self, place, access)

    async def check(self, place: Place, access: Access) -> Checked:
        await self.open(place, access).ask()
        return Checked("Клёновск", place.native, self.followers, ("read", "comments"))

    async def figures(
        self, place: Place, access: Access, *, now: datetime
    ) -> tuple[Figure, ...]:
        await self.open(place, access).ask()
        return (Figure("followers", self.followers, now, "wall.info"),)


@dataclass
class FakeWall:
    """One wall: newest first, pages by offset, so that they shift under a reader."""

    network: FakeNetwork
    place: Place
    access: Access

    async def ask(self) -> None:
        token = self.access.token("service", "community")
        if token is not None:
            await self.access.budget.take(f"{token.id}/wall.get", PLENTY)
            self.network.tokens.append(token.secrets["token"])
        await self.access.http.get("https://api.invalid/wall.get")
        if self.network.failures:
            raise self.network.failures.pop(0)

    async def fetch(self, cursor: Cursor, *, now: datetime) -> Fetched:
        """One page a poll; a page again overlaps the one before by a post."""
        await self.ask()
        self.network.fetches += 1
        self.network.cursors.append(cursor)
        start = cursor.get("offset", 0)
        seen = datetime.fromisoformat(cursor["seen"]) if "seen" in cursor else None
        wall = sorted(
            self.network.world, key=lambda each: each.published_at, reverse=True
        )
        page = wall[start : start + self.network.page]
        if self.network.between is not None:
            self.network.between()
        top = cursor.get("top") or (page[0].published_at.isoformat() if page else None)
        is_over = len(page) < self.network.page or (
            seen is not None and page[-1].published_at < seen
        )
        rest = {"offset": start + self.network.page - 1, "top": top}
        cursor_after = {"seen": top} if is_over else {**cursor, **rest}
        if self.network.remembers:
            cursor_after[OF_PEOPLE] = [each.key for each in page]
        return Fetched(
            tuple(_fetched(each, self.place, now) for each in page),
            {name: value for name, value in cursor_after.items() if value is not None},
            more=not is_over,
            unknown={"attachment:hologram": 1} if page else None,
            complete=_windows(page),
            native=self.network.number,
        )


def _windows(page: list[Thing]) -> tuple[Window, ...]:
    if not page:
        return ()
    since, until = page[-1].published_at, page[0].published_at
    return (Window(PostKind.POST, since, until),)


def _fetched(thing: Thing, place: Place, now: datetime) -> FetchedPost:
    raw = {"id": thing.key, "text": thing.text, "from_id": 7, "signer_id": 8}
    return FetchedPost(
        post_of(thing, place.name, deleted=thing.flagged),
        raw=without_authors(raw),
        evidence=Evidence.FLAG if thing.flagged else None,
        seen=True,
    )


def post_of(thing: Thing, source: str, *, deleted: bool = False) -> IncomingPost:
    return IncomingPost(
        network=Network.VK,
        source=source,
        external_id=thing.key,
        kind=PostKind.COMMENT if "reply" in thing.key else PostKind.POST,
        parent_id=thing.parent,
        url=f"https://vk.com/{thing.key.replace(':', '')}",
        text="" if deleted else thing.text,
        published_at=thing.published_at,
        edited_at=thing.edited_at,
        deleted=deleted,
        metrics={} if thing.likes is None else {"likes": thing.likes},
    )


class FakeHook:
    """Events as JSON with a secret in the body, as a network without HMAC sends."""

    def receive(
        self,
        place: Place,
        delivery: Delivery,
        secrets: Mapping[str, str],
        now: datetime,
    ) -> Reception:
        if delivery.method == "GET":
            return Reception(200, delivery.query.get("challenge", ""))
        try:
            event = json.loads(delivery.body)
        except ValueError:
            return Reception(400, "no JSON")
        told, known = event.get("secret", ""), secrets.get("secret", "-")
        if not hmac.compare_digest(told.encode(), known.encode()):
            return Reception(403, "no")
        if event["type"] == "confirmation":
            return Reception(200, secrets["confirmation"])
        if event["type"] == "lost":
            return Reception(200, "ok", again=True)
        told_of = () if event["type"] == "forward" else (_told(event, place, now),)
        return Reception(
            200, "ok", fetched=Fetched(told_of, {}), event_id=event["event_id"]
        )


def _told(event: Mapping[str, Any], place: Place, now: datetime) -> FetchedPost:
    thing = Thing(
        event["key"],
        event.get("text", ""),
        datetime.fromisoformat(event["at"]),
        event.get("parent"),
    )
    kind = event["type"]
    if kind in {"edit", "restore"}:
        thing = replace(thing, edited_at=datetime.fromisoformat(event["edited_at"]))
    is_gone = kind == "delete"
    del now
    return FetchedPost(
        post_of(thing, place.name, deleted=is_gone),
        evidence=Evidence.EVENT if is_gone else None,
    )


def event_of(
    kind: str, thing: Thing, event_id: str, *, secret: str = TOLD, **more: str
) -> bytes:
    """Write an event as the network delivers it."""
    event = {
        "type": kind,
        "event_id": event_id,
        "secret": secret,
        "key": thing.key,
        "text": thing.text,
        "at": thing.published_at.isoformat(),
        **more,
    }
    return json.dumps(event).encode()
