"""A small region with a desk, and people of every role, for the tests of triage."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlmodel import select

from services.triage import jobs
from services.triage.handlers import Places, install_library
from services.triage.handlers.pages import SPEAKERS
from services.triage.publishers import Publishers
from shared import mailbox
from shared.contracts import Contract, MatchedPost, PostsMatched, RuleMatch
from shared.db import EVERY_REGION, Database
from shared.delivery import Courier
from shared.identity import access
from shared.identity.principal import Role
from shared.ids import new_id
from shared.library.starter import Authority
from shared.models.identity import Region, Session, User
from shared.models.posting import OfficialPage
from shared.models.triage import Candidate
from shared.uow import Work
from tests.factories import NOW
from tests.fakes import FakeQueue
from tests.services.triage.network import OUR_PAGE, PAGE, FakeNetwork, FakePublisher

RULE = UUID("01890000-0000-7000-8000-000000000001")
SOURCE = UUID("01890000-0000-7000-8000-000000000002")
TEXT = "Третий день нет горячей воды на улице Садовой, 14. Когда включат?"


@dataclass
class MovingClock:
    """The time of the tests: stands still until somebody moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def move(self, **delta: float) -> None:
        """Let time pass."""
        self.now += timedelta(**delta)


def make_post(number: int = 1, text: str = TEXT, **fields: object) -> MatchedPost:
    """Make a matched post; the same number is the same post."""
    given: dict[str, object] = {
        "post_id": UUID(int=0x0189_0000_0000_7000_8000_0000_0001_0000 + number),
        "revision": 1,
        "network": "vk",
        "kind": "post",
        "source_id": SOURCE,
        "source_name": "Подслушано Ветлогорск",
        "municipality": "vetlogorsk",
        "url": f"{PAGE}/pages/vetlogorsk/posts/{number}",
        "text": text,
        "published_at": NOW - timedelta(minutes=30),
        "received_at": NOW,
        "matches": (
            RuleMatch(
                rule_id=RULE,
                rule_name="Горячая вода",
                rule_version=4,
                topic="housing.hot_water",
                positions=((16, 28),),
            ),
        ),
    }
    return MatchedPost.model_validate({**given, **fields})


def make_page(region_id: int, **fields: object) -> OfficialPage:
    """Make an official page of the invented network."""
    given: dict[str, object] = {
        "region_id": region_id,
        "network": "vk",
        "native_id": OUR_PAGE,
        "name": "Правительство Ветлогорской области",
        "speakers": [*SPEAKERS],
        "registered_at": NOW,
        "registered_by_name": "Вера Тестова",
    }
    return OfficialPage.model_validate({**given, **fields})


@dataclass
class Answered:
    """An HTTP answer that can be compared as (status, JSON)."""

    response: httpx.Response

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def body(self) -> Any:  # noqa: ANN401 -- JSON
        """The decoded JSON."""
        return self.response.json()


@dataclass
class Caller:
    """Somebody with a bearer token."""

    client: httpx.AsyncClient
    token: str

    async def get(self, path: str, **params: Any) -> Answered:  # noqa: ANN401 -- query
        """Read."""
        url = f"/api/v1/triage{path}"
        response = await self.client.get(url, params=params, headers=self._headers())
        return Answered(response)

    async def post(
        self, path: str, body: object = None, *, if_match: str | None = None
    ) -> Answered:
        """Act."""
        headers = self._headers()
        if if_match is not None:
            headers["If-Match"] = if_match
        url = f"/api/v1/triage{path}"
        return Answered(await self.client.post(url, json=body or {}, headers=headers))

    async def patch(self, path: str, body: object) -> Answered:
        """Change."""
        url = f"/api/v1/triage{path}"
        headers = self._headers()
        return Answered(await self.client.patch(url, json=body, headers=headers))

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class World:
    """The app, its worker and a region to work in."""

    owner: Database
    work: Work
    queue: FakeQueue
    clock: MovingClock
    publisher: FakePublisher
    publishers: Publishers
    client: httpx.AsyncClient
    region: Region
    people: dict[str, User] = field(default_factory=dict)

    @property
    def region_id(self) -> int:
        """The id of the region."""
        return self.region.id or 0

    async def person(
        self,
        *roles: Role,
        login: str,
        authority: str | None = None,
        region: Region | None = None,
    ) -> Caller:
        """Sign a person in without the cost of hashing a password."""
        where = region or self.region
        token = access.new_token("ses")
        async with self.owner.session(EVERY_REGION) as session:
            user = User(login=login, name=f"{login.title()} Тестова", created_at=NOW)
            session.add(user)
            await session.flush()
            for role in roles:
                access.grant(session, user, where, role, authority=authority)
            session.add(
                Session(
                    token_hash=access.token_hash(token),
                    user_id=user.id,
                    region_id=where.id or 0,
                    created_at=NOW,
                    last_seen_at=NOW + timedelta(days=365),
                    expires_at=NOW + timedelta(days=365),
                )
            )
        self.people[login] = user
        return Caller(self.client, token)

    async def take(self, *posts: MatchedPost, region: Region | None = None) -> None:
        """Let posts arrive from ingest."""
        where = (region or self.region).id or 0
        await self.deliver(PostsMatched(region_id=where, posts=posts))

    async def deliver(self, contract: Contract, *, tries: int = 1) -> bool:
        """Let a message arrive, as the worker takes it in."""
        message = mailbox.Message(new_id(), "ingest", contract)
        return await self.courier.deliver(message.packed(), tries=tries)

    @property
    def courier(self) -> Courier:
        """The worker's half of the mailbox."""
        return Courier(self.work, jobs.HANDLERS)

    @property
    def web(self) -> FakeNetwork:
        """The network the answers go to."""
        return self.publisher.web

    async def publish(self) -> int:
        """Run the publications that were rung for; return how many."""
        self.queue.forget_names()
        rings = self.queue.take("triage", "publish_reply")
        for region_id, posting_id in rings:
            await jobs.publish_reply(self.work, self.publishers, region_id, posting_id)
        return len(rings)

    async def sweep(self) -> int:
        """Let the sweeper ring, and run what it rang for."""
        await jobs.sweep(self.work)
        return await self.publish()

    def sent(self, service: str) -> list[Contract]:
        """Take the messages that were sent to another service."""
        return [
            mailbox.Message.unpacked(packed).contract
            for (packed,) in self.queue.take(service, "deliver")
        ]

    async def open(
        self, moderator: Caller, post: MatchedPost | None = None, **asked: str
    ) -> dict[str, Any]:
        """Let a post arrive and open an incident of it."""
        post = post or make_post()
        await self.take(post)
        async with self.owner.session(EVERY_REGION) as session:
            found = await session.scalar(
                select(Candidate.id).where(Candidate.post_id == post.post_id)
            )
        path = f"/candidates/{found}/decision"
        answer = await moderator.post(path, {"decision": "open", **asked})
        assert answer.status == 200, answer.body
        incident: dict[str, Any] = answer.body["incident"]
        return incident

    async def scalar(self, query: str) -> Any:  # noqa: ANN401 -- any value
        """Ask the database, as its owner."""
        async with self.owner.session(EVERY_REGION) as session:
            return await session.scalar(text(query))


async def make_desk(owner: Database, code: str) -> Region:
    """Create a region with two places and the library."""
    async with owner.session(EVERY_REGION) as session:
        region = await access.create_region(
            session, code, f"Регион {code}", zone="Europe/Moscow", now=NOW
        )
        access.add_municipality(
            session, region, "vetlogorsk", "Ветлогорск", ["Ветлогорске"]
        )
        access.add_municipality(session, region, "luginsky", "Лугининский район", [])
        await session.flush()
        town = Authority("adm-vetlogorsk", "Администрация Ветлогорска", "Ветлогорск")
        places = Places(administrations={"vetlogorsk": town})
        await install_library(session, region.id or 0, places=places)
        session.add(make_page(region.id or 0))
    return region


ROAD: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("executor", "draft", {"text": "Здравствуйте! Воду дадут 12 марта."}),
    ("executor", "submit", {}),
    ("approver", "approve", {}),
    ("moderator", "publish", {"via": "hand", "link": "https://vk.example/wall-1_2"}),
    (
        "moderator",
        "close",
        {"outcome": "solved", "closing_reason": "done", "proof": "Акт № 17"},
    ),
)
"""The straight way of an incident from its opening to its end."""


async def walk(world: World, incident_id: str, *, until: str) -> dict[str, Any]:
    """Take an incident along the road up to and including a step."""
    people = {
        "executor": (Role.EXECUTOR, "housing"),
        "approver": (Role.APPROVER, None),
        "moderator": (Role.MODERATOR, None),
    }
    for who, step, body in ROAD:
        role, authority = people[who]
        login = f"путник-{new_id()}"
        caller = await world.person(role, login=login, authority=authority)
        answer = await caller.post(f"/incidents/{incident_id}/{step}", body)
        assert answer.status == 200, answer.body
        if step == until:
            break
    case: dict[str, Any] = answer.body
    return case
