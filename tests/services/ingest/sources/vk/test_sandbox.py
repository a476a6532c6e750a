"""What the sandbox's VK emulates, our connector can live with: one test per line.

The lines are those of the design's "Fake must emulate" for VKontakte.
"""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Delivery, Place
from services.ingest.sources.vk import VkConnector, VkHook
from services.ingest.sources.vk.callback import confirmation_code
from services.ingest.sources.vk.longpoll import LongPollSource
from services.ingest.sources.vk.search import SearchSource
from services.ingest.sources.vk.wall import WallSource
from shared.clock import Clock, utc_now
from shared.networks.failures import NetworkError
from shared.networks.vk import Vk
from shared.networks.vk.answer import find, look, send
from shared.networks.vk.batch import many
from shared.networks.vk.links import Spot
from tests.infra.sandbox.fakes.test_vk_events import deliver, plan, subscribed
from tests.infra.sandbox.fakes.vk import NUMBER, OWNER, PAGE, USER
from tests.services.ingest.sources.archive import Archive, Poller
from tests.services.ingest.sources.vk.sandbox import (
    GROUP_TOKEN,
    SERVICE_TOKEN,
    TOKENS,
    USER_TOKEN,
    SandboxVk,
    key,
    sandbox_vk,
)
from tests.services.ingest.sources.vk.test_contract import WALL

SECRETS = {"secret": "cb-secret"}


@pytest.fixture
async def vk() -> AsyncIterator[SandboxVk]:
    async with sandbox_vk() as sandbox:
        yield sandbox


def _poller(vk: SandboxVk, **options: Any) -> Poller:  # noqa: ANN401 -- JSON
    return Poller(WallSource(WALL, vk.access(**options)))


async def _read(poller: Poller, vk: SandboxVk) -> None:
    while await poller.poll(vk.now):
        pass


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
    poller = _poller(vk)
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
    poller = _poller(vk)
    with pytest.raises(SourceError) as caught:
        await poller.poll(vk.now)

    await _read(poller, vk)

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
    poller = _poller(vk)

    await _read(poller, vk)

    assert poller.archive.standing == vk.standing()


async def test_text_in_a_foreign_charset_is_tried_again(vk: SandboxVk) -> None:
    vk.publish("Яма")
    await vk.fault("charset", "wall.get")
    poller = _poller(vk)
    with pytest.raises(SourceError) as caught:
        await poller.poll(vk.now)
    await _read(poller, vk)

    assert caught.value.kind is ErrorKind.RETRY
    assert poller.archive.standing == vk.standing()


@pytest.mark.parametrize("seconds", [-3600, 600, 3600])
async def test_a_clock_that_is_wrong_is_noticed_and_nothing_lost(
    vk: SandboxVk, seconds: int
) -> None:
    vk.publish("Яма")
    await vk.fault("skew", "wall.get", seconds=seconds)
    poller = _poller(vk)

    await _read(poller, vk)
    vk.publish("Люк")
    vk.wall.pass_by(minutes=1)
    await _read(poller, vk)

    assert poller.archive.standing == vk.standing()
    assert len(poller.notes) == 1
    assert poller.notes[0].startswith("the network's clock and ours differ by")


async def test_the_pinned_post_comes_first_and_ends_nothing(vk: SandboxVk) -> None:
    old = vk.publish("Закреплено", ago=timedelta(days=300))
    for number in range(140):
        vk.publish(f"Яма {number}")
    vk.network.stage.pin(PAGE, old.id, at=vk.now)
    poller = _poller(vk)

    await _read(poller, vk)

    assert poller.archive.standing == vk.standing()


async def test_more_than_a_thousand_finds_are_sliced(vk: SandboxVk) -> None:
    for number in range(2_300):
        vk.publish(f"Яма {number}", ago=timedelta(seconds=30 * (2_300 - number)))
    place = Place(Network.VK, "search", "яма", "")
    poller = Poller(SearchSource(place, vk.access(calls_per_poll=50)))

    await _read(poller, vk)

    found = {k: v for k, v in vk.standing().items() if v.startswith("Яма")}
    assert found.items() <= poller.archive.standing.items()
    assert vk.report()["over_limit"] == 0


async def test_threads_of_more_than_ten_are_read(vk: SandboxVk) -> None:
    post = vk.publish("Пишите здесь")
    first = vk.publish("Яма", parent=post.id)
    for number in range(35):
        vk.publish(f"Ответ {number}", parent=first.id)
    poller = _poller(vk)

    await _read(poller, vk)

    assert poller.archive.standing == vk.standing()


@pytest.mark.parametrize("is_answered", [True, False])
async def test_deleted_comments_go_as_a_stub_or_altogether(
    vk: SandboxVk, *, is_answered: bool
) -> None:
    post = vk.publish("Пишите здесь")
    comment = vk.publish("Яма", parent=post.id)
    if is_answered:
        vk.publish("И у нас", parent=comment.id)
    poller = _poller(vk)
    await _read(poller, vk)
    vk.delete(comment.id)

    for _ in range(4):
        vk.wall.pass_by(minutes=2)
        await _read(poller, vk)

    evidence = poller.archive.evidence[key(comment)]
    assert poller.archive.standing == vk.standing()
    assert evidence == ("flag" if is_answered else "absent")


async def test_an_edited_post_is_a_revision_at_its_time(vk: SandboxVk) -> None:
    post = vk.publish("Яма")
    poller = _poller(vk)
    await _read(poller, vk)
    vk.wall.pass_by(minutes=10)
    vk.edit(post.id, "Яма на Садовой")
    edited_at = vk.now.replace(microsecond=0)
    vk.wall.pass_by(minutes=10)

    await _read(poller, vk)

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

    await _read(poller, vk)

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
        await _poller(vk).poll(vk.now)

    assert caught.value.kind is ErrorKind.DISABLE


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
        poller = _poller(vk)
        poller.archive = desk.archive
        await _read(poller, vk)
        await plan(vk.vk, "reorder", event="wall_reply_delete")
        vk.delete(comment.id)
        vk.restore(comment.id)
        await deliver(vk.vk, seconds=2)
        wrong = key(comment) in desk.archive.standing
        vk.wall.pass_by(seconds=30)
        poller.cursor = {**poller.cursor, "touched": desk.touched}

        await _read(poller, vk)

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
        poller = _poller(vk)

        await _read(poller, vk)

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
        await _read(poller, vk)
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

        await _read(poller, vk)

        assert poller.archive.standing == vk.standing()


class TestAnswering:
    """One public answer, whatever happens to the response."""

    TEXT = "Здравствуйте! Яму засыплют до пятницы."

    @pytest.fixture
    def spot(self, vk: SandboxVk) -> Spot:
        post = vk.publish("Пишите здесь")
        return Spot(OWNER, post.id, vk.publish("Яма", parent=post.id).id)

    async def test_the_same_guid_publishes_once(
        self, vk: SandboxVk, spot: Spot
    ) -> None:
        api = Vk(vk.access(*TOKENS), group=NUMBER)

        first = await send(api, spot, self.TEXT, group=NUMBER, guid="r1")
        again = await send(api, spot, self.TEXT, group=NUMBER, guid="r1")

        texts = list(vk.standing().values())
        assert (first == again, texts.count(self.TEXT)) == (True, 1)

    async def test_a_lost_response_is_found_in_the_thread(
        self, vk: SandboxVk, spot: Spot
    ) -> None:
        api = Vk(vk.access(*TOKENS), group=NUMBER)
        await vk.vk.order("vk/writes", mode="lost")
        since = vk.now
        with pytest.raises(NetworkError) as caught:
            await send(api, spot, self.TEXT, group=NUMBER, guid="r1")

        found = await find(api, spot, self.TEXT, group=NUMBER, since=since)
        again = await send(api, spot, self.TEXT, group=NUMBER, guid="r1")

        assert (caught.value.kind, caught.value.code) == (ErrorKind.RETRY, None)
        assert found is not None
        assert (found.id, list(vk.standing().values()).count(self.TEXT)) == (again, 1)

    async def test_the_target_is_seen_as_it_stands(
        self, vk: SandboxVk, spot: Spot
    ) -> None:
        api = Vk(vk.access(*TOKENS), group=NUMBER)
        stands = await look(api, spot, group=NUMBER)
        await send(api, spot, self.TEXT, group=NUMBER, guid="r1")
        answered = await look(api, spot, group=NUMBER)
        vk.network.stage.close_comments(PAGE, spot.post, at=vk.now)
        closed = await look(api, spot, group=NUMBER)
        assert spot.comment is not None
        vk.delete(spot.comment)
        gone = await look(api, spot, group=NUMBER)

        assert (stands.exists, stands.open, stands.text) == (True, True, "Яма")
        assert [each.text for each in answered.answers] == [self.TEXT]
        assert (closed.exists, closed.open, gone.exists) == (True, False, False)

    @pytest.mark.parametrize(
        ("mode", "kind"),
        [
            ("rejected", ErrorKind.SKIP_ITEM),
            ("limited", ErrorKind.WAIT),
            ("deleted-target", ErrorKind.SKIP_ITEM),
        ],
    )
    async def test_a_refusal_publishes_nothing(
        self, vk: SandboxVk, spot: Spot, mode: str, kind: ErrorKind
    ) -> None:
        api = Vk(vk.access(*TOKENS), group=NUMBER)
        await vk.vk.order("vk/writes", mode=mode)

        with pytest.raises(NetworkError) as caught:
            await send(api, spot, self.TEXT, group=NUMBER, guid="r1")

        assert caught.value.kind is kind
        assert self.TEXT not in vk.standing().values()

    async def test_a_target_edited_at_the_last_moment_is_seen_by_the_next_look(
        self, vk: SandboxVk, spot: Spot
    ) -> None:
        api = Vk(vk.access(*TOKENS), group=NUMBER)
        await vk.vk.order("vk/writes", mode="edited-target")
        before = await look(api, spot, group=NUMBER)

        await send(api, spot, self.TEXT, group=NUMBER, guid="r1")
        after = await look(api, spot, group=NUMBER)

        assert [each.text for each in after.answers] == [self.TEXT]
        assert (before.text, after.text) == ("Яма", "Яма (upd)")
