"""What the sandbox's stream emulates, our source can live with: one test per line."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from services.ingest.domain.versions import Effect
from services.ingest.sources.base import Evidence
from services.ingest.sources.connector import Access
from services.ingest.sources.vk import VkConnector
from tests.infra.sandbox.fakes.vk import OWNER
from tests.infra.sandbox.sockets import AppSockets
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.vk.sandbox import SandboxVk, key, sandbox_vk
from tests.services.ingest.sources.vk.test_contract import WORDS

STREAM = "streaming.stream"
RULES = "streaming.rules"


@pytest.fixture
async def vk() -> AsyncIterator[SandboxVk]:
    async with sandbox_vk() as sandbox:
        yield sandbox


@pytest.fixture
def sockets(vk: SandboxVk) -> AppSockets:
    transport = vk.vk.http._transport
    assert isinstance(transport, httpx.ASGITransport)
    return AppSockets(transport.app, vk.wall.pass_by)


@pytest.fixture
def access(vk: SandboxVk, sockets: AppSockets) -> Access:
    return replace(vk.access(push="stream"), socket=sockets.open)


@pytest.fixture
def poller(access: Access) -> Poller:
    return Poller(VkConnector().open(WORDS, access))


async def _search(poller: Poller, vk: SandboxVk) -> None:
    """Let the next search come, and no listening after it that finds nothing."""
    vk.wall.pass_by(seconds=31)
    await poller.poll(vk.now)


async def test_what_happens_while_we_listen_is_known_at_once(
    vk: SandboxVk, sockets: AppSockets, poller: Poller
) -> None:
    sockets.meanwhile = [lambda: vk.publish("Яма <3 & «люк»\nу дома")]

    more = await poller.poll(vk.now)
    heard = dict(poller.archive.standing)
    await _search(poller, vk)

    assert more
    assert heard == vk.standing()
    assert [effect for _, effect in poller.archive.effects] == [Effect.NEW]
    assert sockets.addresses[0].startswith("ws://sandbox.invalid/vk/streaming/stream?")


async def test_edits_and_deletions_on_foreign_walls_are_told(
    vk: SandboxVk, sockets: AppSockets, poller: Poller
) -> None:
    post = vk.publish("Яма")
    comment = vk.publish("И у нас яма", parent=post.id)
    await poller.poll(vk.now)
    await poller.poll(vk.now)
    sockets.meanwhile = [
        lambda: vk.edit(post.id, "Яма и люк"),
        lambda: vk.delete(comment.id),
    ]

    for _ in range(2):
        await poller.poll(vk.now)

    assert poller.archive.standing == {key(post): "Яма и люк"}
    assert poller.archive.evidence[key(comment)] is Evidence.EVENT


async def test_a_post_is_told_before_the_search_shows_it(
    vk: SandboxVk, sockets: AppSockets, poller: Poller
) -> None:
    sockets.meanwhile = [lambda: vk.publish("Яма")]
    await poller.poll(vk.now)
    await vk.fault("skew", "newsfeed.search", seconds=600)
    await _search(poller, vk)
    told = dict(poller.archive.standing)
    await _search(poller, vk)

    assert told == poller.archive.standing == vk.standing()
    assert len(poller.archive.effects) == 1


async def test_events_that_go_astray_lose_nothing_after_the_search(
    vk: SandboxVk, sockets: AppSockets, poller: Poller
) -> None:
    def happens() -> None:
        post = vk.publish("Яма")
        vk.edit(post.id, "Яма и люк")

    settled = {}
    for mode in ("duplicate", "reorder", "drop", "stop"):
        await vk.vk.order("vk/deliveries", mode=mode, event="stream.*")
        sockets.meanwhile = [happens]
        await poller.poll(vk.now)
        await _search(poller, vk)
        settled[mode] = poller.archive.standing == vk.standing()

    assert settled == dict.fromkeys(settled, True)
    assert list(vk.standing().values()) == ["Яма и люк"] * 4


async def test_a_stream_that_fails_leaves_the_search(
    vk: SandboxVk, sockets: AppSockets, access: Access
) -> None:
    faults: list[tuple[dict[str, Any], str]] = [
        ({"mode": "limit", "route": STREAM, "code": 1004}, "vk:stream:1004"),
        ({"mode": "limit", "route": STREAM, "code": 1006}, "vk:stream:1006"),
        ({"mode": "limit", "route": STREAM, "code": 3000}, ""),
        ({"mode": "limit", "route": STREAM, "code": 3777}, "vk:stream"),
        ({"mode": "status", "route": STREAM, "status": 502}, "vk:stream"),
        ({"mode": "reset", "route": STREAM}, "vk:stream"),
        ({"mode": "break", "route": STREAM}, "vk:stream"),
        ({"mode": "limit", "route": RULES, "code": 2006}, "vk:stream:2006"),
        ({"mode": "cut", "route": RULES}, "vk:stream"),
        ({"mode": "limit", "route": "streaming.getServerUrl", "code": 15}, "vk:stream"),
    ]
    told = []
    for fault, _ in faults:
        vk.wall.pass_by(hours=25)
        poller = Poller(VkConnector().open(WORDS, access))
        await vk.vk.order("vk/faults", **fault)
        sockets.meanwhile = [lambda: vk.publish("Яма")]
        await poller.poll(vk.now)
        await poller.poll(vk.now)  # the first may have found what the world wrote
        code = poller.cursor["stream"]["code"]
        number = vk.publish("Яма в мёртвом потоке")
        await _search(poller, vk)
        told.append((code, key(number) in poller.archive.standing))

    assert told == [(code, True) for _, code in faults]


async def test_rules_stand_for_the_words_and_are_renewed_daily(
    vk: SandboxVk, access: Access, poller: Poller
) -> None:
    other = VkConnector().open(replace(WORDS, native="люк"), access)
    await poller.poll(vk.now)
    await other.fetch({}, now=vk.now)
    first = await _rules(vk)
    vk.wall.pass_by(days=1)
    await poller.poll(vk.now)
    second = await _rules(vk)
    vk.wall.pass_by(days=2)
    await poller.poll(vk.now)
    last = await _rules(vk)

    assert [sorted(each.values()) for each in (first, second, last)] == [
        ["люк", "яма"],
        ["люк", "яма"],
        ["яма"],
    ]
    assert len(first.keys() & second.keys()) == 1


async def _rules(vk: SandboxVk) -> dict[str, str]:
    key = (await vk.vk.ask("streaming.getServerUrl"))["key"]
    answer = await vk.vk.http.get("/vk/streaming/rules", params={"key": key})
    return {each["tag"]: each["value"] for each in answer.json()["rules"]}


async def test_ten_minutes_of_listening_stay_below_all_limits(
    vk: SandboxVk, sockets: AppSockets, access: Access
) -> None:
    pollers = [
        Poller(VkConnector().open(replace(WORDS, native=words), access))
        for words in ("яма", "люк")
    ]
    end = vk.now.timestamp() + 600
    while vk.now.timestamp() < end:
        for each in pollers:
            sockets.meanwhile = [lambda: vk.publish("Яма у люка")]
            await each.poll(vk.now)
        vk.wall.pass_by(seconds=40)

    report = vk.report()
    assert (report["over_limit"], report["after_fatal"]) == (0, 0)
    assert 50 < report["requests"] < 150


async def test_a_key_that_dies_is_used_no_more(
    vk: SandboxVk, sockets: AppSockets, poller: Poller
) -> None:
    await poller.poll(vk.now)
    vk.network.tokens.revoke("vk-service")
    for _ in range(3):
        vk.wall.pass_by(seconds=31)
        with pytest.raises(Exception, match="token"):
            await poller.poll(vk.now)

    assert vk.report()["after_fatal"] == 0
    assert len(sockets.addresses) == 1


async def test_being_read_twice_is_the_same_archive(
    vk: SandboxVk, sockets: AppSockets, access: Access
) -> None:
    once, twice = (Poller(VkConnector().open(WORDS, access)) for _ in range(2))
    sockets.meanwhile = [lambda: vk.publish("Яма"), lambda: vk.publish("Ямы")]
    for poller in (once, twice, twice):
        await poller.poll(vk.now)
    for poller in (once, twice):
        await _search(poller, vk)

    assert once.archive.standing == twice.archive.standing == vk.standing()
    assert f"wall:{OWNER}_" in next(iter(once.archive.standing))
