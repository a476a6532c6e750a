"""What the sandbox's VK pushes, by Callback API and Long Poll, our connector takes."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from services.ingest.sources.connector import Delivery
from services.ingest.sources.vk import VkHook
from services.ingest.sources.vk.callback import confirmation_code
from services.ingest.sources.vk.longpoll import LongPollSource
from services.ingest.sources.vk.wall import WallSource
from shared.clock import Clock, utc_now
from tests.infra.sandbox.fakes.vk import NUMBER, OWNER, PAGE
from tests.infra.sandbox.fakes.vk_pushes import deliver, plan, subscribed
from tests.services.ingest.sources.archive import Archive, Poller
from tests.services.ingest.sources.vk.sandbox import (
    GROUP_TOKEN,
    SERVICE_TOKEN,
    SandboxVk,
    key,
    sandbox_vk,
)
from tests.services.ingest.sources.vk.test_contract import WALL
from tests.services.ingest.sources.vk.walls import sandbox_poller, settle

SECRETS = {"secret": "cb-secret"}


@pytest.fixture
async def vk() -> AsyncIterator[SandboxVk]:
    async with sandbox_vk() as sandbox:
        yield sandbox


class TestCallback:
    """The sandbox delivers to our hook; what it brings is archived as it comes."""

    @pytest.fixture
    def desk(self) -> "HookedDesk":
        return HookedDesk()

    @pytest.fixture
    async def vk(self, desk: "HookedDesk") -> AsyncIterator[SandboxVk]:
        async with sandbox_vk(desk) as sandbox:
            desk.code = await confirmation_code(WALL, sandbox.access(GROUP_TOKEN))
            desk.now = lambda: sandbox.now
            await subscribed(sandbox.vk, desk)
            yield sandbox

    async def test_our_hook_confirms_itself(self, vk: SandboxVk) -> None:
        servers = await vk.vk.ask(
            "groups.getCallbackServers",
            token=GROUP_TOKEN.secrets["token"],
            group_id=NUMBER,
        )

        assert [one["status"] for one in servers["items"]] == ["ok"]

    @pytest.mark.parametrize(
        ("mode", "more"),
        [
            ("duplicate", {}),
            ("forge", {}),
            ("delay", {"seconds": 3}),
            ("drop", {"seconds": 3}),
            ("outage", {"seconds": 5}),
        ],
    )
    async def test_what_goes_astray_arrives_once(
        self, vk: SandboxVk, desk: "HookedDesk", mode: str, more: dict[str, Any]
    ) -> None:
        await plan(vk.vk, mode, **more)
        post = vk.publish("Пишите здесь")
        comment = vk.publish("Яма", parent=post.id)

        await deliver(vk.vk, seconds=15)

        assert desk.archive.standing == {
            key(post): "Пишите здесь",
            key(comment): "Яма",
        }
        assert len(desk.archive.effects) == 2

    async def test_an_edit_before_the_new_comment_stands(
        self, vk: SandboxVk, desk: "HookedDesk"
    ) -> None:
        post = vk.publish("Пишите здесь")
        await plan(vk.vk, "reorder", event="wall_reply_new")
        comment = vk.publish("Яма", parent=post.id)
        vk.edit(comment.id, "Яма и люк")

        await deliver(vk.vk, seconds=5)

        assert desk.archive.standing[key(comment)] == "Яма и люк"

    async def test_what_was_deleted_and_restored_stands(
        self, vk: SandboxVk, desk: "HookedDesk"
    ) -> None:
        post = vk.publish("Пишите здесь")
        comment = vk.publish("Яма", parent=post.id)
        vk.delete(comment.id)
        await deliver(vk.vk)
        deleted = key(comment) in desk.archive.standing
        vk.wall.pass_by(seconds=5)
        vk.restore(comment.id)

        await deliver(vk.vk, seconds=2)

        assert (deleted, desk.archive.standing[key(comment)]) == (False, "Яма")

    async def test_a_restoring_that_overtakes_its_deletion_is_healed_by_the_poll(
        self, vk: SandboxVk, desk: "HookedDesk"
    ) -> None:
        post = vk.publish("Пишите здесь")
        comment = vk.publish("Яма", parent=post.id)
        await deliver(vk.vk)
        poller = sandbox_poller(vk)
        poller.archive = desk.archive
        await settle(poller, vk)
        await plan(vk.vk, "reorder", event="wall_reply_delete")
        vk.delete(comment.id)
        vk.restore(comment.id)
        await deliver(vk.vk, seconds=2)
        wrong = key(comment) in desk.archive.standing
        vk.wall.pass_by(seconds=30)
        poller.cursor = {**poller.cursor, "touched": desk.touched}

        await settle(poller, vk)

        assert (wrong, desk.archive.standing == vk.standing()) == (False, True)

    async def test_after_an_outage_everything_arrives_and_the_line_goes_on(
        self, vk: SandboxVk, desk: "HookedDesk"
    ) -> None:
        desk.down = 4
        post = vk.publish("Пишите здесь")
        for number in range(8):
            vk.publish(f"Яма {number}", parent=post.id)

        await deliver(vk.vk, seconds=40)

        assert desk.archive.standing.keys() >= {
            key(item) for item in vk.network.stage.comments(PAGE, post.id)
        }
        assert any(retry for retry in desk.retries)

    async def test_what_was_lost_when_vk_gave_up_is_read_by_the_poll(
        self, vk: SandboxVk, desk: "HookedDesk"
    ) -> None:
        desk.down = 1_000
        await plan(vk.vk, "stop", failures=3)
        post = vk.publish("Пишите здесь")
        vk.publish("Яма", parent=post.id)
        await deliver(vk.vk, seconds=30)
        poller = sandbox_poller(vk)

        await settle(poller, vk)

        assert desk.archive.standing == {}
        assert poller.archive.standing == vk.standing()


class HookedDesk:
    """A Callback server made of our hook, which counts an event id once."""

    def __init__(self) -> None:
        self.code = ""
        self.down = 0
        self.archive = Archive()
        self.touched: list[str] = []
        self.retries: list[str | None] = []
        self.seen: set[str] = set()
        self.now: Clock = utc_now

    def __call__(self, request: httpx.Request) -> httpx.Response:
        kind = json.loads(request.content)["type"]
        if self.down and kind != "confirmation":
            self.down -= 1
            return httpx.Response(503)
        delivery = Delivery("POST", dict(request.headers), {}, request.content)
        secrets = {**SECRETS, "confirmation": self.code}
        reception = VkHook().receive(WALL, delivery, secrets, self.now())
        self.retries.append(request.headers.get("X-Retry-Counter"))
        if reception.fetched and reception.event_id not in self.seen:
            self.seen.add(reception.event_id or "")
            self.archive.take(reception.fetched.posts, self.now())
            self.touched += reception.touched
        return httpx.Response(reception.status, text=reception.body)


class TestLongPoll:
    @pytest.fixture
    async def vk(self) -> AsyncIterator[SandboxVk]:
        async with sandbox_vk() as sandbox:
            on = dict.fromkeys(
                ("wall_reply_new", "wall_reply_edit", "wall_reply_delete"), 1
            )
            await sandbox.vk.ask(
                "groups.setLongPollSettings",
                token=GROUP_TOKEN.secrets["token"],
                group_id=NUMBER,
                enabled=1,
                **on,
            )
            yield sandbox

    @pytest.fixture
    async def poller(self, vk: SandboxVk) -> Poller:
        vk.publish("Яма", parent=vk.publish("Пишите здесь").id)
        access = vk.access(SERVICE_TOKEN, GROUP_TOKEN, long_poll_s=0)
        poller = Poller(LongPollSource(WallSource(WALL, access), OWNER, access))
        await settle(poller, vk)
        vk.wall.pass_by(minutes=1)
        vk.methods.clear()
        return poller

    async def test_an_event_needs_no_reading_of_the_wall(
        self, vk: SandboxVk, poller: Poller
    ) -> None:
        vk.publish("И у нас", parent=vk.network.stage.posts(PAGE)[0].id)

        await poller.poll(vk.now)

        assert poller.archive.standing == vk.standing()
        assert "wall.get" not in vk.methods

    @pytest.mark.parametrize("failed", [1, 2, 3])
    async def test_failures_of_the_line_lose_nothing(
        self, vk: SandboxVk, poller: Poller, failed: int
    ) -> None:
        if failed == 1:
            poller.cursor = {**poller.cursor, "ts": "999999"}
        else:
            await vk.fault("limit", "a_check", code=failed)
        vk.publish("И у нас", parent=vk.network.stage.posts(PAGE)[0].id)

        await settle(poller, vk)

        assert poller.archive.standing == vk.standing()
