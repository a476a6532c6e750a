"""A line on which a network pushes events."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from infra.sandbox.stage.plans import Delivery, DeliveryMode, Plan
from infra.sandbox.stage.push import Parcel, PushLine, Receipt
from tests.infra.sandbox.networks import Wall

TAKEN = Receipt(is_taken=True)
FAILED = Receipt(is_taken=False)


class Subscriber:
    """Remembers parcels; answers what it is told to, then takes everything."""

    def __init__(self, *answers: Receipt) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, int, bool]] = []

    async def __call__(self, parcel: Parcel) -> Receipt:
        self.got.append((parcel.id, parcel.retries, parcel.is_forged))
        return self.answers.pop(0) if self.answers else TAKEN

    @property
    def ids(self) -> list[str]:
        return [one for one, _, _ in self.got]


def line(
    wall: Wall, *modes: DeliveryMode, patience: int | None = None, **more: float
) -> PushLine:
    plan = Plan[Delivery]()
    for mode in modes:
        plan.add(Delivery.model_validate({"mode": mode, "event": "new", **more}))
    return PushLine(plan, wall, patience=patience)


async def sent(
    push: PushLine, to: Subscriber, wall: Wall, *, seconds: float = 0
) -> list[str]:
    """Put three events on the line and look what arrives in that time."""
    for name in ("a", "b", "c"):
        push.add(name, "new", {})
    await push.deliver_due(to)
    for _ in range(int(seconds)):
        wall.pass_by(seconds=1)
        await push.deliver_due(to)
    return to.ids


@pytest.mark.parametrize(
    ("mode", "arrives"),
    [
        (None, ["a", "b", "c"]),
        (DeliveryMode.DUPLICATE, ["a", "a", "b", "c"]),
        (DeliveryMode.REORDER, ["b", "a", "c"]),
        (DeliveryMode.DELAY, ["b", "c", "a"]),
        (DeliveryMode.DROP, ["b", "c", "a"]),
        (DeliveryMode.OUTAGE, ["a", "b", "c"]),
        (DeliveryMode.FORGE, ["a", "a", "b", "c"]),
    ],
)
async def test_plan_decides_what_arrives(
    mode: DeliveryMode | None, arrives: list[str]
) -> None:
    wall, to = Wall(), Subscriber()
    push = line(wall, *([mode] if mode else []), seconds=5)

    assert await sent(push, to, wall, seconds=6) == arrives
    assert push.waiting == ()


async def test_outage_holds_everything_and_then_sends_it_as_a_retry() -> None:
    wall, to = Wall(), Subscriber()
    push = line(wall, DeliveryMode.OUTAGE, seconds=60)

    before = list(await sent(push, to, wall, seconds=59))
    wall.pass_by(seconds=1)
    await push.deliver_due(to)

    assert before == []
    assert to.got == [("a", 1, False), ("b", 1, False), ("c", 1, False)]


async def test_forged_parcel_comes_first_and_is_not_repeated_when_refused() -> None:
    wall, to = Wall(), Subscriber(FAILED)
    push = line(wall, DeliveryMode.FORGE)

    await sent(push, to, wall)

    assert to.got[:2] == [("a", 0, True), ("a", 0, False)]
    assert push.waiting == ()


async def test_failed_parcel_comes_again_after_one_two_four_seconds() -> None:
    wall, to = Wall(), Subscriber(*[FAILED] * 3)
    push = line(wall)
    push.add("a", "new", {})

    attempts = []
    for _ in range(8):
        await push.deliver_due(to)
        attempts.append(len(to.got))
        wall.pass_by(seconds=1)

    assert attempts == [1, 2, 2, 3, 3, 3, 3, 4]
    assert to.got[-1] == ("a", 3, False)


async def test_subscriber_may_ask_to_wait() -> None:
    wall = Wall()
    to = Subscriber(Receipt(is_taken=False, wait=timedelta(seconds=30)))
    push = line(wall)
    push.add("a", "new", {})
    await push.deliver_due(to)

    wall.pass_by(seconds=29)
    too_early = await push.deliver_due(to)
    wall.pass_by(seconds=1)

    assert (too_early, await push.deliver_due(to)) == (0, 1)


async def test_line_stops_when_the_subscriber_is_gone() -> None:
    wall = Wall()
    to = Subscriber(Receipt(is_taken=False, is_gone=True))

    assert await sent(line(wall), to, wall, seconds=9) == ["a"]


@pytest.mark.parametrize(
    "stopping",
    [
        lambda wall: line(wall, patience=2),
        lambda wall: line(wall, DeliveryMode.STOP, failures=2),
    ],
)
async def test_line_gives_up_after_failures_in_a_row_until_resumed(
    stopping: Callable[[Wall], PushLine],
) -> None:
    wall, to = Wall(), Subscriber(FAILED, FAILED)
    push = stopping(wall)

    given_up = list(await sent(push, to, wall, seconds=9))
    push.resume()
    await push.deliver_due(to)

    assert (given_up, to.ids[2:]) == (["a", "b"], ["c", "a", "b"])
    assert not push.is_stopped


async def test_plan_for_other_events_is_left_alone() -> None:
    wall, to = Wall(), Subscriber()
    push = line(wall, DeliveryMode.DUPLICATE)
    push.add("x", "other", {})
    await push.deliver_due(to)

    assert to.ids == ["x"]


async def test_lanes_are_sent_side_by_side_and_each_in_order() -> None:
    begun: list[str] = []
    go = asyncio.Event()

    async def send(parcel: Parcel) -> Receipt:
        begun.append(parcel.id)
        await go.wait()
        return TAKEN

    push = PushLine(Plan(), Wall(), lane=lambda one: one.id[0], at_once=2)
    for name in ("a1", "a2", "b1", "b2", "c1"):
        push.add(name, "new", {})
    delivering = asyncio.create_task(push.deliver_due(send))
    for _ in range(5):
        await asyncio.sleep(0)
    at_once = list(begun)
    go.set()

    assert await delivering == 5
    assert at_once == ["a1", "b1"]
    assert [name for name in begun if name[0] == "a"] == ["a1", "a2"]
    assert [name for name in begun if name[0] == "b"] == ["b1", "b2"]
