"""What was done to the stages outlives the process."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from infra.sandbox.clock import VirtualClock
from infra.sandbox.networks import Networks
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
