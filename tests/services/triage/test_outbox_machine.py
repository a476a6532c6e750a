"""Any mixture of failures, deaths and decisions: never two answers, never a lie.

The network keeps the ledger. After each step, and when all is settled, the outbox is
compared with it.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from infra.embedded.postgres import Postgres
from infra.migrations import run as migrations
from services.triage import jobs
from services.triage.domain.answering import EVER
from services.triage.domain.fields import Details
from services.triage.domain.states import Action
from services.triage.handlers import Step, act
from services.triage.handlers.outbox import take_up
from services.triage.handlers.ways import Wish
from services.triage.publishers import Publishers
from shared.db import EVERY_REGION, Database
from shared.errors import OtklikError
from shared.identity.principal import Kind, Principal, Role
from shared.ids import new_id
from shared.models.triage import (
    Approval,
    Incident,
    IncidentPost,
    Reply,
    ReplyVersion,
)
from shared.uow import Work
from tests.factories import NOW
from tests.fakes import FakeQueue
from tests.services.triage.network import PAGE, FakeNetwork, FakePublisher, Plan
from tests.services.triage.world import MovingClock, make_desk

MACHINE_RUNS = int(os.environ.get("OTKLIK_TEST_RUNS", "6"))
"""More for a night: `OTKLIK_TEST_RUNS=500 make unit TESTS=…/test_outbox_machine.py`."""

APPROVED = "Здравствуйте! Воду дадут 12 марта."

NETWORKS = {
    "remembers": {"remembers": EVER},
    "remembers for a minute": {"remembers": timedelta(minutes=1)},
    "knows no keys": {"remembers": None},
    "knows no keys and shows nothing": {"remembers": None, "finds": False},
}

MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("work"), st.sampled_from(Plan)),
        st.tuples(st.just("dies early"), st.none()),
        st.tuples(st.just("wait"), st.sampled_from([5, 31, 61, 301, 901, 4000])),
        st.tuples(st.just("change"), st.sampled_from(["edit", "delete", "close"])),
        st.tuples(st.just("publish"), st.none()),
        st.tuples(st.just("approve"), st.none()),
        st.tuples(st.just("rewrite"), st.none()),
        st.tuples(st.just("settle"), st.none()),
        st.tuples(st.just("take back"), st.none()),
    ),
    max_size=12,
)


@dataclass
class Desk:
    """One incident with an approved reply, its people, and the network."""

    work: Work
    owner: Database
    clock: MovingClock
    web: FakeNetwork
    publisher: FakePublisher
    region: int
    incident: Incident
    url: str

    def person(self) -> Principal:
        """Anybody who may do everything."""
        return Principal(
            kind=Kind.PERSON,
            id=new_id(),
            name="Алла Тестова",
            region_id=self.region,
            region_code="north",
            roles=frozenset(Role),
            named_person=True,
        )

    @property
    def publishers(self) -> Publishers:
        """The one network there is."""
        return Publishers.of([self.publisher])

    async def do(self, action: Action, **told: object) -> bool:
        """Let a person do something; what is refused is refused."""
        step = Step(
            action=action,
            details=Details(**told),  # type: ignore[arg-type]
            wish=Wish(further=False),
        )
        try:
            async with self.work.unit(self.region, self.person()) as uow:
                await act(
                    uow,
                    self.incident.id,
                    step,
                    if_match=None,
                    publishers=self.publishers,
                )
        except OtklikError:
            return False
        return True

    async def postings(self) -> list[tuple[str, str, str | None]]:
        """Each posting's id, state and link, oldest first."""
        async with self.owner.session(EVERY_REGION) as session:
            rows = await session.execute(
                text(
                    "SELECT id::text, state, link FROM triage.posting "
                    "WHERE incident_id = :id ORDER BY id"
                ),
                {"id": self.incident.id},
            )
            return [(row.id, row.state, row.link) for row in rows]

    async def run(self) -> None:
        """Let a worker try every posting; it may be killed."""
        for posting, _, _ in await self.postings():
            try:
                await jobs.publish_reply(
                    self.work, self.publishers, self.region, posting
                )
            except asyncio.CancelledError:
                continue

    async def check(self) -> None:
        """Compare the outbox with the ledger."""
        public = self.web.under(self.url)
        postings = await self.postings()
        sent = [link for _, state, link in postings if state == "sent"]
        # One approval never makes two answers, nothing makes one without approval.
        assert len(public) <= 1, (public, postings)
        assert all(one.text == APPROVED for one in public)
        # What is called sent is public, under the link that is kept.
        assert sent == [f"{self.url}#{one.id}" for one in public][: len(sent)]
        # What ended otherwise is not public.
        if public and not sent:
            assert postings[-1][1] in {"sending", "unknown"}, postings


async def work(desk: Desk, plan: Plan) -> None:
    """A worker comes by, and the network does as the plan says."""
    desk.web.plans = [plan]
    await desk.run()
    desk.web.plans = []


async def die_early(desk: Desk, _: object) -> None:
    """A worker takes everything up and is killed before it calls."""
    for posting, _state, _link in await desk.postings():
        async with desk.work.unit(desk.region) as uow:
            await take_up(uow, UUID(posting), desk.publishers)


async def wait(desk: Desk, seconds: int) -> None:
    """Time passes, and a worker comes by."""
    desk.clock.move(seconds=seconds)
    await desk.run()


async def change_the_post(desk: Desk, how: str) -> None:
    """The resident edits or deletes the post, or the page closes its comments."""
    if how == "edit":
        desk.web.edited[desk.url] = desk.clock.now
    else:
        {"delete": desk.web.deleted, "close": desk.web.closed}[how].add(desk.url)


async def publish(desk: Desk, _: object) -> None:
    """Somebody asks for publication."""
    await desk.do(Action.PUBLISH)


async def approve(desk: Desk, _: object) -> None:
    """Somebody approves what waits for it."""
    await desk.do(Action.APPROVE)


async def rewrite(desk: Desk, _: object) -> None:
    """The author changes the text, which nobody has approved."""
    await desk.do(Action.SUBMIT, text="Не одобрено никем.")
    await desk.do(Action.SUBMIT, text=APPROVED)


async def take_back(desk: Desk, _: object) -> None:
    """Somebody who has looked stops it."""
    await desk.do(Action.TAKE_BACK, looked=not desk.web.under(desk.url))


async def settle(desk: Desk, _: object = None) -> None:
    """A person looks at the thread and says what is there."""
    public = desk.web.under(desk.url)
    if public:
        await desk.do(Action.FOUND, link=f"{desk.url}#{public[0].id}")
    else:
        await desk.do(Action.SEND_AGAIN, looked=True)


DO: dict[str, Callable[[Desk, Any], Awaitable[None]]] = {
    "work": work,
    "dies early": die_early,
    "wait": wait,
    "change": change_the_post,
    "publish": publish,
    "approve": approve,
    "rewrite": rewrite,
    "settle": settle,
    "take back": take_back,
}


@pytest.fixture(params=NETWORKS)
def kind(request: pytest.FixtureRequest) -> dict[str, object]:
    """Each kind of network."""
    return NETWORKS[request.param]  # type: ignore[return-value]


@pytest.fixture(scope="module")
def machine_url(servers: tuple[Postgres, object]) -> str:
    """One database for all games, each of which has a region of its own."""
    postgres, _ = servers
    name = f"machine_{new_id().hex}"
    create = migrations.create_database(postgres.url, name, template="template_otklik")
    asyncio.run(create)
    return migrations.with_database(postgres.url, name)


@asynccontextmanager
async def opened(url: str, kind: dict[str, object]) -> AsyncIterator[Desk]:
    """A desk in a region of its own, in the database of the test."""
    owner = Database(url, pool_size=2)
    own = Database(url, role="otklik_triage", pool_size=2)
    clock = MovingClock()
    web = FakeNetwork(clock)
    try:
        region = (await make_desk(owner, f"r-{new_id().hex}")).id or 0
        work = Work(own, "triage", FakeQueue(), clock=clock)
        address = f"{PAGE}/pages/a/posts/{region}"
        incident = await approved(owner, region, address)
        publisher = FakePublisher(web, **kind)  # type: ignore[arg-type]
        yield Desk(work, owner, clock, web, publisher, region, incident, address)
    finally:
        await own.close()
        await owner.close()


async def approved(owner: Database, region: int, url: str) -> Incident:
    """Write down an incident whose reply a named person has approved."""
    incident = Incident(
        region_id=region,
        number=1,
        title="Нет воды",
        status="approved",
        kind="solvable",
        urgency=1,
        authority="housing",
        words=[],
        post_count=1,
        received_at=NOW,
        opened_at=NOW,
        opened_by_name="Мария",
        deadline_at=NOW + timedelta(days=1),
    )
    approver, reply = new_id(), new_id()
    async with owner.session(EVERY_REGION) as session:
        session.add(incident)
        await session.flush()
        session.add(
            IncidentPost(
                region_id=region,
                post_id=new_id(),
                incident_id=incident.id,
                revision=1,
                network="vk",
                kind="post",
                source_name="Подслушано",
                url=url,
                text="Нет воды",
                matches=[],
                published_at=NOW,
                received_at=NOW,
                joined_at=NOW,
            )
        )
        session.add(
            Reply(
                id=reply,
                region_id=region,
                incident_id=incident.id,
                round=1,
                status="approved",
                text_version=1,
                text_hash="",
                approved_version=1,
                approved_by=approver,
                approved_by_name="Алла",
                approved_at=NOW,
            )
        )
        await session.flush()
        session.add(
            ReplyVersion(
                region_id=region,
                reply_id=reply,
                n=1,
                text=APPROVED,
                author_name="Егор",
                created_at=NOW,
            )
        )
        session.add(
            Approval(
                region_id=region,
                reply_id=reply,
                n=1,
                verdict="approved",
                by_id=approver,
                by_name="Алла",
                at=NOW,
            )
        )
    return incident


def play(url: str, kind: dict[str, object], moves: list[tuple[str, object]]) -> None:
    """Play the moves, then let time pass and a person settle what is left."""

    async def game() -> None:
        async with opened(url, kind) as desk:
            await desk.do(Action.PUBLISH)
            for move, told in moves:
                desk.clock.move(seconds=1)
                await DO[move](desk, told)
                await desk.check()
            for _ in range(8):
                desk.clock.move(minutes=20)
                await desk.run()
                await desk.check()
            await settle(desk)
            await desk.run()
            await desk.check()
            states = [state for _, state, _ in await desk.postings()]
            assert not {"sending", "unknown"} & set(states), states

    asyncio.run(game())


@pytest.mark.no_cover
@settings(
    max_examples=MACHINE_RUNS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(moves=MOVES)
def test_there_is_never_a_second_answer_and_the_outbox_never_lies(
    machine_url: str, kind: dict[str, object], moves: list[tuple[str, object]]
) -> None:
    play(machine_url, kind, moves)


SECOND_CALLS = [
    [("work", Plan.DIES_AFTER), ("wait", 61), ("settle", None), ("wait", 61)],
    [("work", Plan.LOST), ("work", Plan.REJECTED), ("take back", None)],
    [("work", Plan.LOST), ("change", "delete"), ("wait", 61), ("settle", None)],
    [("work", Plan.LOST_BEFORE), ("settle", None), ("work", Plan.LOST)],
    [("work", Plan.REJECTED), ("publish", None), ("work", Plan.DIES_AFTER)],
    [("work", Plan.LOST), ("change", "edit"), ("wait", 301), ("approve", None)],
    [("dies early", None), ("wait", 61), ("work", Plan.OK), ("wait", 61)],
]


@pytest.mark.parametrize("moves", SECOND_CALLS)
def test_roads_to_a_second_answer_are_closed(
    machine_url: str, kind: dict[str, object], moves: list[tuple[str, object]]
) -> None:
    play(machine_url, kind, moves)
