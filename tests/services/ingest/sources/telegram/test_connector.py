"""The connector chooses how a place is read, checks it, and counts its followers."""

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from infra.sandbox.stage.plans import FaultMode
from services.ingest.domain.posts import Network
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import (
    Access,
    Checked,
    Connector,
    Figure,
    Hook,
    Place,
    Precision,
    Token,
)
from services.ingest.sources.remarks import Remark
from services.ingest.sources.telegram import TelegramConnector, TelegramHook
from services.ingest.sources.telegram.bot import BotSource
from services.ingest.sources.telegram.mtproto import MtprotoSource
from services.ingest.sources.telegram.preview import PreviewSource
from tests.services.ingest.sources.telegram.sandbox import BOT_TOKEN, CHANNEL, Telegram
from tests.services.ingest.sources.telegram.worlds import BOT

SESSION = Token("s1", "session", {"session": "…", "api_id": "1", "api_hash": "…"})
BOT_CREDENTIAL = Token("b1", "bot", {"token": BOT_TOKEN})


def channel(telegram: Telegram, kind: str = "channel") -> Place:
    name = telegram.handle
    return Place(Network.TELEGRAM, kind, name, f"https://t.me/{name}")


def closed(telegram: Telegram) -> Place:
    native = f"c/{telegram.page.number}"
    return Place(Network.TELEGRAM, "channel", native, f"https://t.me/{native}")


def account(telegram: Telegram, *, can_view_stats: bool = True) -> TelegramConnector:
    """Connect by the port's fake, which raises Telethon's own errors."""
    pytest.importorskip("telethon", reason="the extra `mtproto` is not installed")
    from tests.services.ingest.sources.telegram.fake_history import (  # noqa: PLC0415 -- optional
        FakeHistory,
    )

    history = FakeHistory(telegram, can_view_stats=can_view_stats)
    return TelegramConnector(history.open)


def test_it_is_a_connector_and_a_hook() -> None:
    connector: Connector = TelegramConnector()
    hook: Hook = TelegramHook()

    assert (connector.network, connector.off_by_default) == (Network.TELEGRAM, False)
    assert connector.token_kinds == ("bot", "session")
    assert hook is not None


@pytest.mark.parametrize(
    ("place", "token", "source"),
    [
        (lambda _: BOT, BOT_CREDENTIAL, BotSource),
        (channel, SESSION, MtprotoSource),
        (channel, BOT_CREDENTIAL, PreviewSource),
        (lambda told: channel(told, "preview"), SESSION, PreviewSource),
        (closed, SESSION, MtprotoSource),
    ],
)
def test_place_is_read_by_the_best_means_there_are(
    telegram: Telegram,
    place: Callable[[Telegram], Place],
    token: Token,
    source: type,
) -> None:
    opened = TelegramConnector().open(place(telegram), telegram.access(token))

    assert type(opened) is source


async def test_closed_channel_needs_a_session(telegram: Telegram) -> None:
    connector, access = TelegramConnector(), telegram.access()

    with pytest.raises(SourceError, match="no session is set") as opened:
        connector.open(closed(telegram), access)
    with pytest.raises(SourceError, match="no session is set"):
        await connector.check(closed(telegram), access)

    assert opened.value.kind is ErrorKind.HUMAN


async def test_bot_is_asked_who_it_is(telegram: Telegram) -> None:
    checked = await TelegramConnector().check(BOT, telegram.access())

    assert checked == Checked(
        "Официальный ответ",
        "vetlogorsk_answer_bot",
        can=("read", "comments", "answer"),
    )


async def test_bot_with_a_webhook_or_another_token_is_warned_of(
    telegram: Telegram,
) -> None:
    url = f"http://telegram.invalid/telegram/bot{BOT_TOKEN}/setWebhook"
    await telegram.http.post(url, json={"url": "https://otklik.example/hook"})
    other = Place(Network.TELEGRAM, "bot", "other_bot", "https://t.me/other_bot")

    checked = await TelegramConnector().check(other, telegram.access())

    pushed = telegram.access()
    pushed = replace(pushed, options={**pushed.options, "push": "webhook"})
    meant = await TelegramConnector().check(other, pushed)

    assert checked.warnings == (Remark("other-bot"), Remark("webhook-set"))
    assert meant.warnings == (Remark("other-bot"),)


async def test_bot_that_hears_too_little_is_warned_of() -> None:
    me = {"first_name": "Бот", "username": "vetlogorsk_answer_bot"}
    hook = {"url": "", "last_error_message": "Connection refused"}
    answers = {"getMe": me, "getWebhookInfo": hook}

    def respond(request: httpx.Request) -> httpx.Response:
        method = request.url.path.rpartition("/")[2]
        return httpx.Response(200, json={"ok": True, "result": answers[method]})

    http = httpx.AsyncClient(transport=httpx.MockTransport(respond))
    access = replace(Telegram().access(), http=http)

    checked = await TelegramConnector().check(BOT, access)

    assert checked.warnings == (
        Remark("telegram:privacy"),
        Remark("delivery-failed", {"error": "Connection refused"}),
    )


async def test_bot_without_a_token_has_to_be_given_one(telegram: Telegram) -> None:
    with pytest.raises(SourceError, match="no bot's token") as caught:
        await TelegramConnector().check(BOT, telegram.access(SESSION))

    assert caught.value.kind is ErrorKind.REAUTH


async def test_channel_is_checked_by_its_preview(telegram: Telegram) -> None:
    telegram.post("Пост")

    checked = await TelegramConnector().check(channel(telegram), telegram.access())

    assert (checked.title, checked.native, checked.can) == (
        telegram.page.name,
        telegram.handle,
        ("read",),
    )
    assert checked.followers is not None
    assert abs(checked.followers - telegram.page.members) < 500
    assert "no comments" in str(checked.warnings[0])


async def test_preview_without_posts_is_warned_of(telegram: Telegram) -> None:
    checked = await TelegramConnector().check(channel(telegram), telegram.access())

    assert checked.warnings[1] == Remark("telegram:preview-empty")


@pytest.mark.parametrize("can_view_stats", [True, False])
async def test_channel_is_checked_by_an_account(
    telegram: Telegram, *, can_view_stats: bool
) -> None:
    connector = account(telegram, can_view_stats=can_view_stats)

    checked = await connector.check(channel(telegram), telegram.access(SESSION))

    can = ("read", "comments", "statistics") if can_view_stats else ("read", "comments")
    assert checked == Checked(
        telegram.page.name, telegram.handle, telegram.page.members, can
    )


async def figures(
    connector: TelegramConnector, place: Place, access: Access
) -> list[tuple[str, int, str, Precision]]:
    now = access.clock()
    found: tuple[Figure, ...] = await connector.figures(place, access, now=now)
    assert all(figure.as_of == now for figure in found)
    return [(each.name, each.value, each.method, each.precision) for each in found]


async def test_bot_counts_followers_exactly(telegram: Telegram) -> None:
    found = await figures(TelegramConnector(), channel(telegram), telegram.access())

    members = telegram.page.members
    assert found == [("followers", members, "getChatMemberCount", Precision.EXACT)]


async def test_preview_counts_them_roughly(telegram: Telegram) -> None:
    access = telegram.access()

    found = await figures(TelegramConnector(), channel(telegram, "preview"), access)

    ((name, value, method, precision),) = found
    assert (name, method, precision) == ("followers", "t.me/s", Precision.ROUNDED)
    assert abs(value - telegram.page.members) < 500


async def test_account_brings_statistics_where_it_may_see_them(
    telegram: Telegram,
) -> None:
    place, access = channel(telegram), telegram.access(SESSION, BOT_CREDENTIAL)

    seen = await figures(account(telegram), place, access)
    telegram.forward(minutes=1)
    unseen = await figures(account(telegram, can_view_stats=False), place, access)

    members = telegram.page.members
    followers = ("followers", members, "channels.getFullChannel", Precision.EXACT)
    assert seen == [
        followers,
        ("views_per_post", 1480, "stats.getBroadcastStats", Precision.EXACT),
        ("shares_per_post", 6, "stats.getBroadcastStats", Precision.EXACT),
    ]
    assert unseen == [followers]


async def test_figures_that_can_not_be_had_are_absent_not_nought(
    telegram: Telegram,
) -> None:
    place = channel(telegram)
    access = telegram.access(Token("x", "other", {}))
    telegram.stage.ban(CHANNEL, at=telegram.now)

    with pytest.raises(SourceError, match="preview unavailable"):
        await figures(TelegramConnector(), place, access)

    assert await figures(TelegramConnector(), BOT, access) == []


async def test_count_that_is_no_number_is_refused(telegram: Telegram) -> None:
    telegram.fault(FaultMode.LIMIT, route="getChatMemberCount", retry_after=5)

    with pytest.raises(SourceError) as caught:
        await figures(TelegramConnector(), closed(telegram), telegram.access())

    assert caught.value.kind is ErrorKind.WAIT
