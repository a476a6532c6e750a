"""What was done to the stages outlives the process."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from infra.sandbox.clock import VirtualClock
from infra.sandbox.networks import Networks
from infra.sandbox.networks.telegram.server import Server
from infra.sandbox.networks.vk.servers import Servers
from infra.sandbox.networks.vk.stream_rules import StreamRules
from infra.sandbox.stage import AuthorKind, Counters, Item, Writer
from infra.sandbox.stage.journal import Journal
from infra.sandbox.world import Pace, World
from tests.infra.sandbox.networks import Wall
from tests.infra.sandbox.worlds import START

PAGE = "vk-vetlogorsk"
RESIDENT = Writer(AuthorKind.USER, 700_000_011, "Ирина Т.")


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Callable[[Wall], Networks]]:
    """Start the networks of one data folder, the first time and again."""
    journals: list[Journal] = []

    def start(wall: Wall) -> Networks:
        seeded = World(seed=1, start=START, pace=Pace(1, 200, timedelta(minutes=1)))
        journals.append(Journal(tmp_path / "stages.jsonl"))
        made = Networks(seeded, VirtualClock(wall), journal=journals[-1])
        made.catch_up()
        return made

    yield start
    for journal in journals:
        journal.close()


def whole(networks: Networks) -> dict[str, list[Item]]:
    return {code: one.stage.items() for code, one in networks.contexts.items()}


def test_stage_is_the_same_after_a_restart(
    started: Callable[[Wall], Networks],
) -> None:
    wall = Wall()
    first = started(wall)
    stage = first.context("vk").stage
    told = stage.posts(PAGE)[0]
    stage.publish(PAGE, "Ответ", at=START, parent=told.id)
    mine = stage.publish(
        PAGE, "Яма", at=START, writer=RESIDENT, counters=Counters(likes=3)
    )
    stage.edit(PAGE, mine.id, "Яма!", at=START)
    gone = stage.publish(PAGE, "Зря", at=START, extra={"copy_history": []})
    stage.delete(PAGE, gone.id, at=START)
    stage.restore(PAGE, gone.id, at=START)
    stage.delete(PAGE, gone.id, at=START)
    stage.pin(PAGE, mine.id, at=START)
    stage.close_comments(PAGE, mine.id, at=START)
    stage.ban("vk-novokedrovsk", at=START)
    wall.pass_by(minutes=30)
    first.catch_up()

    second, third = started(wall), started(wall)

    assert whole(second) == whole(first) == whole(third)
    assert second.context("vk").stage.pages == stage.pages
    assert [post.id for post in second.context("vk").stage.posts(PAGE)] == [
        post.id for post in stage.posts(PAGE)
    ]


def test_ledger_and_tokens_are_remembered(started: Callable[[Wall], Networks]) -> None:
    wall = Wall()
    first = started(wall).context("vk")
    token = first.tokens.issue(
        "user", owner=PAGE, now=START, lifetime=timedelta(hours=1)
    )
    lasting = first.tokens.issue("group", owner=PAGE)
    first.tokens.revoke(lasting.value)
    target = first.stage.posts(PAGE)[0]
    answer = first.publish(PAGE, target.id, "Готово", token=token, guid="g")

    second = started(wall).context("vk")
    again = second.publish(PAGE, target.id, "Готово", token=token, guid="g")

    assert second.tokens.all == first.tokens.all
    assert (again.item, again.repeated) == (answer.item, True)


def test_line_cut_short_and_things_that_are_forgotten_are_left_out(
    started: Callable[[Wall], Networks], tmp_path: Path
) -> None:
    wall = Wall()
    stage = started(wall).context("vk").stage
    told = stage.posts(PAGE)[0]
    stage.publish(PAGE, "Ответ", at=START, parent=told.id)
    kept = stage.publish(PAGE, "Яма", at=START)
    with (tmp_path / "stages.jsonl").open("a") as file:
        file.write('{"network": "vk", "ab')
    wall.pass_by(days=9)

    after = started(wall).context("vk").stage

    assert after.find(PAGE, told.id) is None
    assert after.item(PAGE, kept.id).text == "Яма"
    assert [item.text for item in after.items(PAGE)].count("Ответ") == 0


def test_nothing_is_written_without_a_path() -> None:
    journal = Journal()
    journal.open()
    journal.recorder("vk", "stage")("publish", {})
    journal.close()

    assert journal.read() == []


class Process:
    """The networks of one run of the process, before anything has happened."""

    def __init__(self, folder: Path) -> None:
        seeded = World(seed=1, start=START, pace=Pace(1, 200, timedelta(minutes=1)))
        self.journal = Journal(folder / "stages.jsonl")
        refusing = httpx.MockTransport(lambda _: httpx.Response(500))
        push = httpx.AsyncClient(transport=refusing)
        self.networks = Networks(seeded, VirtualClock(Wall()), push, self.journal)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Callable[[], Process]]:
    """Start a process on the same data folder, again and again."""
    made: list[Process] = []

    def start() -> Process:
        made.append(Process(tmp_path))
        return made[-1]

    yield start
    for one in made:
        one.journal.close()


def test_callback_servers_outlive_the_process(process: Callable[[], Process]) -> None:
    first = process().networks
    servers = Servers(first.context("vk"))
    first.catch_up()
    kept = servers.add(PAGE, url="http://desk.invalid/vk", title="otklik", secret="s")
    kept.status, kept.events = "ok", {"wall_post_new"}
    servers.keep(PAGE, kept)
    gone = servers.add(PAGE, url="http://desk.invalid/old", title="old", secret="s")
    servers.remove(PAGE, gone.id)

    second = process().networks
    after = Servers(second.context("vk"))
    second.catch_up()
    made = after.add(PAGE, url="http://desk.invalid/new", title="new", secret="s")

    assert [
        (one.id, one.url, one.title, one.secret, one.status, one.events)
        for one in after.of(PAGE)
    ] == [
        (1, "http://desk.invalid/vk", "otklik", "s", "ok", {"wall_post_new"}),
        (made.id, "http://desk.invalid/new", "new", "s", "wait", set()),
    ]


async def test_a_webhook_outlives_the_process_and_its_numbers_go_up(
    process: Callable[[], Process],
) -> None:
    told: list[list[int]] = []
    for run in range(3):
        networks = process().networks
        context = networks.context("telegram")
        server = Server(context)
        bot = context.tokens.issue("bot", value="800:sandbox-bot")
        networks.catch_up()
        if run == 0:
            server.hook(bot, "http://desk.invalid/tg", "s", ["channel_post"])
        await server.deliver()
        hook = server.bot(bot).hook
        assert hook is not None
        told.append([int(parcel.id) for parcel in hook.line.waiting])

    first, second, third = told
    assert len(first) == len(second) == len(third) > 0
    assert max(first) < min(second) <= max(second) < min(third)


def test_rules_of_vk_s_stream_outlive_the_process(
    process: Callable[[], Process],
) -> None:
    first = process().networks
    rules = StreamRules(first.context("vk"))
    first.catch_up()
    for tag in ("roads", "water"):
        rules.add("key", {"tag": tag, "value": "яма"})
    rules.remove("key", "water")

    second = process().networks
    after = StreamRules(second.context("vk"))
    second.catch_up()

    assert after.of("key") == {"roads": "яма"}
