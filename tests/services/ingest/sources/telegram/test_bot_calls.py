"""How a bot asks for updates, and what can go wrong."""

from datetime import timedelta
from typing import Any

import pytest

from infra.sandbox.stage.plans import FaultMode
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.telegram.bot import BotSource
from tests.services.ingest.sources.telegram.polled_bot import Bot, Told
from tests.services.ingest.sources.telegram.sandbox import BOT_TOKEN, Telegram


async def test_full_answer_asks_for_more_and_waits_for_nothing(
    telegram: Telegram, bot: Bot
) -> None:
    telegram.post("Альбом", album=1)
    for number in range(100):
        telegram.post(f"Яма {number}")

    first = await bot.poll()
    second = await bot.poll()

    assert (first.more, second.more) == (True, True)
    assert not (await bot.poll()).more


async def test_clock_that_is_far_off_is_noticed(telegram: Telegram, bot: Bot) -> None:
    telegram.fault(FaultMode.SKEW, route="getUpdates", seconds=3600)

    fetched = await bot.poll()

    assert fetched.note == "the network's clock and ours differ by 3600 s"


@pytest.mark.parametrize(
    ("fault", "kind", "wait"),
    [
        ({"mode": "limit", "retry_after": 37}, ErrorKind.WAIT, 37),
        ({"mode": "limit", "code": 409}, ErrorKind.HUMAN, None),
        ({"mode": "status", "status": 502}, ErrorKind.RETRY, None),
        ({"mode": "cut"}, ErrorKind.RETRY, None),
        ({"mode": "reset"}, ErrorKind.RETRY, None),
        ({"mode": "charset", "value": "cp1251"}, ErrorKind.RETRY, None),
    ],
)
async def test_failure_is_classed_and_loses_nothing(
    telegram: Telegram, bot: Bot, fault: dict[str, Any], kind: ErrorKind, wait: int
) -> None:
    telegram.post("Яма")
    telegram.fault(FaultMode(fault.pop("mode")), route="getUpdates", **fault)

    with pytest.raises(SourceError) as caught:
        await bot.poll()

    told = timedelta(seconds=wait) if wait else None
    assert (caught.value.kind, caught.value.retry_after) == (kind, told)
    assert await bot.texts(minutes=1) == ["Яма"]


async def test_wait_holds_every_call_with_the_token(
    telegram: Telegram, bot: Bot
) -> None:
    telegram.fault(FaultMode.LIMIT, route="getUpdates", retry_after=37)
    with pytest.raises(SourceError):
        await bot.poll()
    calls = telegram.report()["requests"]

    with pytest.raises(SourceError) as caught:
        await bot.poll(seconds=5)

    assert caught.value.kind is ErrorKind.WAIT
    assert telegram.report()["requests"] == calls


async def test_token_is_in_no_error(telegram: Telegram, bot: Bot) -> None:
    telegram.fault(FaultMode.RESET, route="getUpdates")
    telegram.fault(FaultMode.STATUS, route="getUpdates", status=503)
    told = []
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            await bot.poll(minutes=1)
        told.append(str(caught.value) + repr(caught.value.__cause__))

    assert [text for text in told if BOT_TOKEN in text] == []


async def test_long_poll_ends_as_soon_as_something_happens(
    telegram: Telegram,
) -> None:
    telegram.post("Яма")
    source = BotSource(telegram.access(wait_s=30))

    fetched = await source.fetch({}, now=telegram.now)

    assert [each.post.text for each in fetched.posts] == ["Яма"]


async def test_answer_that_is_no_list_is_tried_again(bot: Bot) -> None:
    told = Told(bot)

    with pytest.raises(SourceError, match="no list") as caught:
        await told.poll({"not": "a list"})  # type: ignore[arg-type]

    assert caught.value.kind is ErrorKind.RETRY
