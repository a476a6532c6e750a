"""What the sandbox's VK emulates, our connector can live with: one test per line.

The lines are those of the design's "Fake must emulate" for VKontakte.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Place
from services.ingest.sources.vk import VkConnector
from services.ingest.sources.vk.search import SearchSource
from services.ingest.sources.vk.wall import WallSource
from shared.networks.failures import NetworkError
from shared.networks.vk import Vk
from shared.networks.vk.batch import many
from tests.infra.sandbox.fakes.vk import NUMBER, OWNER, PAGE, USER
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.vk.sandbox import (
    SERVICE_TOKEN,
    TOKENS,
    USER_TOKEN,
    SandboxVk,
    key,
    sandbox_vk,
)
from tests.services.ingest.sources.vk.test_contract import WALL
from tests.services.ingest.sources.vk.walls import sandbox_poller, settle


@pytest.fixture
async def vk() -> AsyncIterator[SandboxVk]:
    async with sandbox_vk() as sandbox:
        yield sandbox


async def test_calls_stay_within_the_buckets_of_all_tokens(vk: SandboxVk) -> None:
    access = vk.access(*TOKENS)
    for _ in range(40):
        await Vk(access).call("wall.get", owner_id=OWNER)
        await Vk(access).call("stats.get", group_id=NUMBER)
        await Vk(access).call("groups.getCallbackConfirmationCode", group_id=NUMBER)

    report = vk.report()
    assert (report["requests"], report["over_limit"]) == (120, 0)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(6, None), (9, ErrorKind.WAIT), (14, ErrorKind.HUMAN), (29, ErrorKind.WAIT)],
)
async def test_codes_on_demand_are_heeded(
    vk: SandboxVk, code: int, kind: ErrorKind | None
) -> None:
    vk.publish("Яма")
    await vk.fault("limit", "wall.get", code=code)
    poller = sandbox_poller(vk)
    caught = None
    try:
        await poller.poll(vk.now)
    except SourceError as error:
        caught = error.kind

    assert caught is kind
    assert (poller.archive.standing == vk.standing()) is (kind is None)


@pytest.mark.parametrize(
    ("mode", "more"),
    [
        ("status", {"status": 502}),
        ("cut", {}),
        ("break", {}),
        ("reset", {}),
        ("hang", {"seconds": 0.01}),
    ],
)
async def test_broken_answers_lose_nothing(
    vk: SandboxVk, mode: str, more: dict[str, Any]
) -> None:
    vk.publish("Яма")
    await vk.fault(mode, "wall.get", **more)
    poller = sandbox_poller(vk)
    with pytest.raises(SourceError) as caught:
        await poller.poll(vk.now)

    await settle(poller, vk)

    assert caught.value.kind is ErrorKind.RETRY
    assert poller.archive.standing == vk.standing()


@pytest.mark.parametrize(
    ("mode", "more"),
    [
        ("gzip", {}),
        ("content-type", {"value": "text/html"}),
        ("latency", {"seconds": 0.01}),
    ],
)
async def test_odd_answers_are_read(
    vk: SandboxVk, mode: str, more: dict[str, Any]
) -> None:
    vk.publish("Яма")
    await vk.fault(mode, "wall.get", **more)
    poller = sandbox_poller(vk)

    await settle(poller, vk)

    assert poller.archive.standing == vk.standing()


async def test_text_in_a_foreign_charset_is_tried_again(vk: SandboxVk) -> None:
    vk.publish("Яма")
    await vk.fault("charset", "wall.get")
    poller = sandbox_poller(vk)
    with pytest.raises(SourceError) as caught:
        await poller.poll(vk.now)
    await settle(poller, vk)

    assert caught.value.kind is ErrorKind.RETRY
    assert poller.archive.standing == vk.standing()


@pytest.mark.parametrize("seconds", [-3600, 600, 3600])
async def test_a_clock_that_is_wrong_is_noticed_and_nothing_lost(
    vk: SandboxVk, seconds: int
) -> None:
    vk.publish("Яма")
    await vk.fault("skew", "wall.get", seconds=seconds)
    poller = sandbox_poller(vk)

    await settle(poller, vk)
    vk.publish("Люк")
    vk.wall.pass_by(minutes=1)
    await settle(poller, vk)

    assert poller.archive.standing == vk.standing()
    assert len(poller.notes) == 1
    assert poller.notes[0].startswith("the network's clock and ours differ by")


async def test_the_pinned_post_comes_first_and_ends_nothing(vk: SandboxVk) -> None:
    old = vk.publish("Закреплено", ago=timedelta(days=300))
    for number in range(140):
        vk.publish(f"Яма {number}")
    vk.network.stage.pin(PAGE, old.id, at=vk.now)
    poller = sandbox_poller(vk)

    await settle(poller, vk)

    assert poller.archive.standing == vk.standing()


async def test_more_than_a_thousand_finds_are_sliced(vk: SandboxVk) -> None:
    for number in range(2_300):
        vk.publish(f"Яма {number}", ago=timedelta(seconds=30 * (2_300 - number)))
    place = Place(Network.VK, "search", "яма", "")
    poller = Poller(SearchSource(place, vk.access(calls_per_poll=50)))

    await settle(poller, vk)

    found = {k: v for k, v in vk.standing().items() if v.startswith("Яма")}
    assert found.items() <= poller.archive.standing.items()
    assert vk.report()["over_limit"] == 0


async def test_threads_of_more_than_ten_are_read(vk: SandboxVk) -> None:
    post = vk.publish("Пишите здесь")
    first = vk.publish("Яма", parent=post.id)
    for number in range(35):
        vk.publish(f"Ответ {number}", parent=first.id)
    poller = sandbox_poller(vk)

    await settle(poller, vk)

    assert poller.archive.standing == vk.standing()


@pytest.mark.parametrize("is_answered", [True, False])
async def test_deleted_comments_go_as_a_stub_or_altogether(
    vk: SandboxVk, *, is_answered: bool
) -> None:
    post = vk.publish("Пишите здесь")
    comment = vk.publish("Яма", parent=post.id)
    if is_answered:
        vk.publish("И у нас", parent=comment.id)
    poller = sandbox_poller(vk)
    await settle(poller, vk)
    vk.delete(comment.id)

    for _ in range(4):
        vk.wall.pass_by(minutes=2)
        await settle(poller, vk)

    evidence = poller.archive.evidence[key(comment)]
    assert poller.archive.standing == vk.standing()
    assert evidence == ("flag" if is_answered else "absent")


async def test_an_edited_post_is_a_revision_at_its_time(vk: SandboxVk) -> None:
    post = vk.publish("Яма")
    poller = sandbox_poller(vk)
    await settle(poller, vk)
    vk.wall.pass_by(minutes=10)
    vk.edit(post.id, "Яма на Садовой")
    edited_at = vk.now.replace(microsecond=0)
    vk.wall.pass_by(minutes=10)

    await settle(poller, vk)

    kept = poller.archive.posts[key(post)]
    assert (kept.text, kept.edited_at) == ("Яма на Садовой", edited_at)


async def test_execute_has_errors_in_part(vk: SandboxVk) -> None:
    post = vk.publish("Яма")
    calls = [
        ("wall.getComments", {"owner_id": OWNER, "post_id": number})
        for number in (post.id, 1, post.id)
    ]

    first, second, third = await many(Vk(vk.access(*TOKENS, execute=True)), calls)

    assert vk.methods == ["execute"]
    assert (first["count"], third["count"]) == (0, 0)
    assert (second.kind, second.code) == (ErrorKind.SKIP_ITEM, "vk:212")


async def test_comments_are_read_in_bundles(vk: SandboxVk) -> None:
    for number in range(30):
        vk.publish("И у нас", parent=vk.publish(f"Яма {number}").id)
    poller = Poller(WallSource(WALL, vk.access(*TOKENS, execute=True)))

    await settle(poller, vk)

    assert poller.archive.standing == vk.standing()
    assert vk.methods.count("execute") == 2


async def test_a_user_token_is_renewed_when_its_hour_is_over(vk: SandboxVk) -> None:
    vk.wall.pass_by(hours=1, seconds=1)
    place = VkConnector().recognise(WALL.url)
    assert place is not None

    access = vk.access(SERVICE_TOKEN, USER_TOKEN)
    figures = await VkConnector().figures(place, access, now=vk.now)

    names = {each.name for each in figures}
    assert {"followers", "day_reach", "day_visitors"} <= names
    assert [token.id for token in vk.kept] == ["user"]
    assert vk.kept[0].secrets["token"] != USER


async def test_a_dead_key_is_called_once(vk: SandboxVk) -> None:
    access = vk.access()
    vk.network.tokens.revoke(SERVICE_TOKEN.secrets["token"])
    for _ in range(3):
        with pytest.raises(NetworkError) as caught:
            await Vk(access).call("wall.get", owner_id=OWNER)
        assert caught.value.kind is ErrorKind.REAUTH

    assert vk.report()["after_fatal"] == 0
    assert vk.methods == ["wall.get"]


async def test_a_banned_page_is_disabled(vk: SandboxVk) -> None:
    vk.network.stage.ban(PAGE, at=vk.now)

    with pytest.raises(SourceError) as caught:
        await sandbox_poller(vk).poll(vk.now)

    assert caught.value.kind is ErrorKind.DISABLE
