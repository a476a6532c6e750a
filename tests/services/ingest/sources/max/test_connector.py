"""What MAX's connector opens, finds out and counts."""

from datetime import timedelta
from typing import Any

import pytest

from infra.sandbox.stage.plans import FaultMode
from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Checked, Figure, Place
from services.ingest.sources.max import MaxConnector
from services.ingest.sources.max.bot import BotSource
from services.ingest.sources.max.chat import ChatSource
from services.ingest.sources.remarks import Remark
from tests.services.ingest.sources.max.sandbox import CHAT, MaxServer
from tests.services.ingest.sources.max.worlds import BOT

CHANNEL = Place(Network.MAX, "chat", "@max_oblast", "https://max.ru/max_oblast")
INVITATION = Place(Network.MAX, "invitation", "", "https://max.ru/join/x")
PERSON = Place(Network.MAX, "person", "", "https://max.ru/u")


@pytest.fixture
def server() -> MaxServer:
    return MaxServer()


def test_kinds_have_sources_of_their_own(server: MaxServer) -> None:
    opened = [MaxConnector().open(place, server.access()) for place in (BOT, CHANNEL)]

    assert [type(each) for each in opened] == [BotSource, ChatSource]


@pytest.mark.parametrize("place", [INVITATION, PERSON])
async def test_what_can_not_be_watched_is_refused_with_the_reason(
    server: MaxServer, place: Place
) -> None:
    connector, access = MaxConnector(), server.access()

    with pytest.raises(SourceError) as opened:
        connector.open(place, access)
    with pytest.raises(SourceError) as checked:
        await connector.check(place, access)
    figures = await connector.figures(place, access, now=server.now)

    kinds = [each.value.kind for each in (opened, checked)]
    assert (kinds, figures) == ([ErrorKind.HUMAN] * 2, ())
    assert server.asked == []


async def test_channel_is_checked_with_its_number_and_rights(server: MaxServer) -> None:
    checked = await MaxConnector().check(CHANNEL, server.access())

    assert checked == Checked(
        title="Ветлогорская область в MAX",
        native=str(server.chat),
        followers=server.page.members,
        can=("read", "comments", "answer"),
    )


async def test_chat_without_the_right_to_read_is_warned_of() -> None:
    server = MaxServer(CHAT)
    server.server.rights_taken |= {"read_all_messages", "write"}
    place = Place(Network.MAX, "chat", str(server.chat), "https://max.ru/…")

    checked = await MaxConnector().check(place, server.access())

    assert checked.can == ("read",)
    assert checked.warnings == (Remark("max:no-right"),)


async def test_chat_where_the_bot_is_not_is_disabled(server: MaxServer) -> None:
    server.stage.ban(server.code, at=server.now)

    with pytest.raises(SourceError, match="was removed") as caught:
        await MaxConnector().check(CHANNEL, server.access())

    assert caught.value.kind is ErrorKind.DISABLE


async def test_bot_is_checked_and_the_webhook_recommended(server: MaxServer) -> None:
    polled = await MaxConnector().check(BOT, server.access())
    server.server.bot(server.context.tokens.all[0]).hook = None
    await server.http.post(
        "http://max.invalid/max/subscriptions",
        json={"url": "https://otklik.example/hook"},
        headers={"Authorization": server.bot().secrets["token"]},
    )
    hooked = await MaxConnector().check(BOT, server.access())

    assert (polled.title, polled.native) == (
        "Официальный ответ",
        "vetlogorsk_answer_bot",
    )
    assert "set a webhook for real work" in str(polled.warnings[0])
    assert "it can not be polled meanwhile" in str(hooked.warnings[0])


async def test_token_of_another_bot_is_noticed(server: MaxServer) -> None:
    place = Place(Network.MAX, "bot", "other_bot", "https://max.ru/other_bot")

    checked = await MaxConnector().check(place, server.access())

    assert checked.warnings[0] == Remark("other-bot")


async def test_members_are_counted_exactly(server: MaxServer) -> None:
    figures = await MaxConnector().figures(CHANNEL, server.access(), now=server.now)
    of_bot = await MaxConnector().figures(BOT, server.access(), now=server.now)

    members = server.page.members
    assert figures == (Figure("followers", members, server.now, "chats"),)
    assert of_bot == ()


async def test_without_a_token_a_person_must_give_one(server: MaxServer) -> None:
    access = server.access()
    source = MaxConnector().open(
        CHANNEL, type(access)(access.http, access.budget, access.clock)
    )

    with pytest.raises(SourceError, match="no bot's token") as caught:
        await source.fetch({}, now=server.now)

    assert caught.value.kind is ErrorKind.REAUTH


async def test_ten_minutes_of_all_sources_stay_below_the_limits(
    server: MaxServer,
) -> None:
    sources = [MaxConnector().open(place, server.access()) for place in (BOT, CHANNEL)]
    cursors: list[dict[str, Any]] = [{}, {}]
    end = server.now + timedelta(minutes=10)
    while server.now < end:
        server.comment(server.post("Пост"), "Яма")
        for number, source in enumerate(sources):
            fetched = await source.fetch(cursors[number], now=server.now)
            cursors[number] = dict(fetched.cursor)
        server.forward(seconds=20)

    report = server.report()
    assert (report["over_limit"], report["after_fatal"]) == (0, 0)
    assert report["requests"] > 100


async def test_dead_token_is_used_by_nobody_again(server: MaxServer) -> None:
    sources = [MaxConnector().open(place, server.access()) for place in (BOT, CHANNEL)]
    server.context.tokens.revoke(server.bot().secrets["token"])

    for source in sources * 2:
        with pytest.raises(SourceError) as caught:
            await source.fetch({}, now=server.now)
        assert caught.value.kind is ErrorKind.REAUTH

    assert (server.report()["requests"], server.report()["after_fatal"]) == (1, 0)


async def test_answers_of_other_forms_are_tried_again(server: MaxServer) -> None:
    server.fault(FaultMode.CHARSET, value="cp1251")

    with pytest.raises(SourceError) as caught:
        await MaxConnector().check(CHANNEL, server.access())

    assert caught.value.kind is ErrorKind.RETRY
