"""Telegram's Bot API as the sandbox plays it: every trap that was found in the real."""

import asyncio
from typing import Any

import httpx
import pytest

from infra.sandbox.networks.telegram.shapes import (
    basic_group_id,
    channel_id,
    comment_id,
    copy_id,
    group_id,
)
from infra.sandbox.stage.plans import DeliveryMode, FaultMode, Write, WriteMode
from tests.services.ingest.sources.telegram.sandbox import (
    BOT_TOKEN,
    CHANNEL,
    RESIDENT,
    Telegram,
)

Json = dict[str, Any]


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


async def ask(telegram: Telegram, method: str, **params: Any) -> httpx.Response:  # noqa: ANN401 -- JSON
    url = f"http://telegram.invalid/telegram/bot{BOT_TOKEN}/{method}"
    return await telegram.http.post(url, json=params)


async def updates(telegram: Telegram, **params: Any) -> list[Json]:  # noqa: ANN401 -- JSON
    answer = await ask(telegram, "getUpdates", **params)
    found: list[Json] = answer.json()["result"]
    return found


def kinds(found: list[Json]) -> list[str]:
    return [max(update.keys() - {"update_id"}) for update in found]


async def test_post_comes_with_its_copy_in_the_group(telegram: Telegram) -> None:
    item = telegram.post("Отключение света")

    post, copy = await updates(telegram)

    assert post["channel_post"]["text"] == "Отключение света"
    assert post["channel_post"]["chat"]["id"] == channel_id(telegram.page)
    assert copy["message"]["is_automatic_forward"] is True
    assert copy["message"]["forward_origin"]["message_id"] == item.id
    assert copy["message"]["message_id"] == copy_id(item.id)
    assert copy["update_id"] == post["update_id"] + 1


async def test_comment_stands_in_the_thread_of_the_copy(telegram: Telegram) -> None:
    item = telegram.post("Отключение света")
    comment = telegram.comment(item, "А у нас?")

    found = (await updates(telegram))[-1]["message"]

    assert found["message_id"] == comment_id(comment.id)
    assert found["message_thread_id"] == copy_id(item.id)
    assert found["reply_to_message"]["is_automatic_forward"] is True
    assert found["from"] == {
        "id": RESIDENT.id,
        "is_bot": False,
        "first_name": RESIDENT.name,
    }


async def test_updates_are_confirmed_by_asking_for_the_next(
    telegram: Telegram,
) -> None:
    telegram.post("Раз")
    first, second = await updates(telegram)

    again = await updates(telegram)
    rest = await updates(telegram, offset=second["update_id"])
    for_good = await updates(telegram, offset=first["update_id"])

    assert (again, rest, for_good) == ([first, second], [second], [second])


async def test_updates_older_than_a_day_are_lost(telegram: Telegram) -> None:
    telegram.post("Вчера")
    telegram.forward(hours=23, minutes=59)
    telegram.post("Сегодня")
    telegram.forward(minutes=2)

    found = await updates(telegram)

    assert [each["channel_post"]["text"] for each in found[::2]] == ["Сегодня"]


async def test_no_more_than_a_hundred_come_at_once(telegram: Telegram) -> None:
    for number in range(60):
        telegram.post(f"Яма {number}")

    assert len(await updates(telegram, limit=500)) == 100


async def test_only_what_was_asked_for_comes(telegram: Telegram) -> None:
    telegram.post("Пост")

    found = await updates(telegram, allowed_updates=["message"])

    assert kinds(found) == ["message"]


async def test_too_many_calls_are_refused_with_a_wait(telegram: Telegram) -> None:
    answers = [await ask(telegram, "getMe") for _ in range(31)]

    last = answers[-1]
    assert [each.status_code for each in answers] == [200] * 30 + [429]
    assert last.json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert last.headers["Retry-After"] == "1"
    assert telegram.report()["over_limit"] == 1


async def test_planned_limit_says_how_long_to_wait(telegram: Telegram) -> None:
    telegram.fault(FaultMode.LIMIT, route="getUpdates", retry_after=37)

    answer = await ask(telegram, "getUpdates")

    assert answer.json()["parameters"] == {"retry_after": 37}
    assert (await ask(telegram, "getUpdates")).status_code == 200


async def test_second_poller_ends_the_first(telegram: Telegram) -> None:
    first = asyncio.create_task(ask(telegram, "getUpdates", timeout=5))
    await asyncio.sleep(0.02)

    second = await ask(telegram, "getUpdates")

    refused = await first
    assert (second.status_code, refused.status_code) == (200, 409)
    assert "terminated by other getUpdates" in refused.json()["description"]


async def test_webhook_forbids_polling(telegram: Telegram) -> None:
    await ask(telegram, "setWebhook", url="https://otklik.example/hook")

    refused = await ask(telegram, "getUpdates")
    await ask(telegram, "deleteWebhook")
    allowed = await ask(telegram, "getUpdates")

    assert (refused.status_code, allowed.status_code) == (409, 200)


async def test_update_may_come_twice(telegram: Telegram) -> None:
    telegram.deliver(DeliveryMode.DUPLICATE, event="channel_post")
    telegram.post("Дважды")

    first, second, _ = await updates(telegram)

    assert first == second


async def test_comment_may_come_before_the_copy_of_its_post(
    telegram: Telegram,
) -> None:
    telegram.deliver(DeliveryMode.REORDER, event="message")
    item = telegram.post("Пост")
    telegram.comment(item, "Комментарий", bare=True)

    found = await updates(telegram)

    texts = [each[kind]["text"] for each, kind in zip(found, kinds(found), strict=True)]
    assert texts == ["Пост", "Комментарий", "Пост"]
    assert found[2]["message"]["is_automatic_forward"] is True
    assert "reply_to_message" not in found[1]["message"]


async def test_no_update_is_lost_when_two_come_late(telegram: Telegram) -> None:
    telegram.deliver(DeliveryMode.REORDER, event="channel_post")
    telegram.deliver(DeliveryMode.REORDER, event="channel_post")
    telegram.post("Первый")
    telegram.post("Второй")
    telegram.post("Третий")

    found = await updates(telegram)

    texts = {each["channel_post"]["text"] for each in found if "channel_post" in each}
    assert texts == {"Первый", "Второй", "Третий"}


async def test_update_may_never_come(telegram: Telegram) -> None:
    telegram.deliver(DeliveryMode.DROP, event="message")
    telegram.post("Пост")

    assert kinds(await updates(telegram)) == ["channel_post"]


async def test_edit_tells_its_time(telegram: Telegram) -> None:
    item = telegram.post("До 20 ноября")
    telegram.forward(minutes=10)
    telegram.edit(item, "До 25 ноября")

    edited = (await updates(telegram))[-1]["edited_channel_post"]

    assert edited["text"] == "До 25 ноября"
    assert edited["edit_date"] - edited["date"] == 600


async def test_deletion_is_not_told(telegram: Telegram) -> None:
    telegram.delete(telegram.post("Удалят"))

    assert kinds(await updates(telegram)) == ["channel_post", "message"]


async def test_album_is_several_messages_of_one_group(telegram: Telegram) -> None:
    post = telegram.post("Пишите")
    telegram.comment(post, "Вот фото", album=135)
    telegram.comment(post, "", album=135)

    parts = [update["message"] for update in (await updates(telegram))[2:]]

    assert [part["media_group_id"] for part in parts] == ["135", "135"]
    assert [part.get("caption") for part in parts] == ["Вот фото", None]
    assert all("text" not in part and part["photo"] for part in parts)


async def test_rich_message_has_no_text(telegram: Telegram) -> None:
    telegram.post("Первый абзац\nВторой", rich=True)

    post = (await updates(telegram))[0]["channel_post"]

    assert "text" not in post
    assert post["rich_message"]["blocks"] == [
        {"type": "paragraph", "text": "Первый абзац"},
        {"type": "paragraph", "text": "Второй"},
    ]


async def test_old_name_of_a_group_leads_to_the_supergroup(
    telegram: Telegram,
) -> None:
    old = basic_group_id(telegram.page)

    answer = await ask(telegram, "sendMessage", chat_id=old, text="Ответ")

    assert answer.status_code == 400
    assert answer.json()["parameters"] == {
        "migrate_to_chat_id": group_id(telegram.page)
    }


async def test_unknown_token_is_refused_and_counted(telegram: Telegram) -> None:
    telegram.context.tokens.revoke(BOT_TOKEN)

    answers = [await ask(telegram, "getMe") for _ in range(2)]

    assert [each.status_code for each in answers] == [401, 401]
    assert telegram.report()["after_fatal"] == 1


async def test_kicked_bot_hears_nothing_and_may_not_ask(telegram: Telegram) -> None:
    telegram.stage.ban(CHANNEL, at=telegram.now)
    telegram.post("Без нас")

    answer = await ask(telegram, "getChatMemberCount", chat_id=f"@{telegram.handle}")

    assert await updates(telegram) == []
    assert answer.json()["error_code"] == 403


async def test_chat_tells_its_discussion_group(telegram: Telegram) -> None:
    channel = await ask(telegram, "getChat", chat_id=f"@{telegram.handle}")
    group = await ask(telegram, "getChat", chat_id=group_id(telegram.page))
    members = await ask(telegram, "getChatMemberCount", chat_id=f"@{telegram.handle}")

    assert channel.json()["result"]["linked_chat_id"] == group_id(telegram.page)
    assert group.json()["result"]["linked_chat_id"] == channel_id(telegram.page)
    assert members.json()["result"] == telegram.page.members


async def answer_comment(telegram: Telegram, text: str = "Заделали.") -> httpx.Response:
    telegram.networks.ledger.approve("Заделали.")
    comment = telegram.comment(telegram.post("Пост"), "Яма")
    return await ask(
        telegram,
        "sendMessage",
        chat_id=group_id(telegram.page),
        text=text,
        reply_parameters={"message_id": comment_id(comment.id)},
    )


async def test_answer_is_published_once_and_not_told_to_its_bot(
    telegram: Telegram,
) -> None:
    sent = await answer_comment(telegram)

    heard = await updates(telegram)
    entry = telegram.networks.ledger.all[0]
    assert sent.json()["result"]["message_id"] == comment_id(entry.item or 0)
    assert (entry.outcome, entry.is_approved) == ("success", True)
    assert [kind for kind in kinds(heard) if kind == "message"] == ["message"] * 2


async def test_answer_may_stand_although_its_response_is_lost(
    telegram: Telegram,
) -> None:
    telegram.context.writes.add(Write(mode=WriteMode.LOST))

    with pytest.raises(httpx.RemoteProtocolError):
        await answer_comment(telegram)

    assert [one.outcome for one in telegram.networks.ledger.all] == ["lost"]
    assert telegram.stage.items(CHANNEL)[-1].text == "Заделали."


@pytest.mark.parametrize(
    ("mode", "status", "told"),
    [
        (WriteMode.REJECTED, 400, "not enough rights"),
        (WriteMode.LIMITED, 429, "retry after 37"),
        (WriteMode.DELETED_TARGET, 400, "message to be replied not found"),
    ],
)
async def test_answer_may_be_refused(
    telegram: Telegram, mode: WriteMode, status: int, told: str
) -> None:
    telegram.context.writes.add(Write(mode=mode))

    answer = await answer_comment(telegram)

    assert (answer.status_code, told in answer.json()["description"]) == (status, True)
    assert telegram.networks.ledger.all[0].item is None


async def test_answer_may_be_too_long(telegram: Telegram) -> None:
    answer = await answer_comment(telegram, "я" * 4097)

    assert answer.json()["description"] == "Bad Request: message is too long"


async def test_twenty_answers_a_minute_go_to_one_group(telegram: Telegram) -> None:
    statuses = [(await answer_comment(telegram)).status_code for _ in range(21)]
    telegram.forward(minutes=1)
    later = await answer_comment(telegram)

    assert statuses == [200] * 20 + [429]
    assert later.status_code == 200
    assert telegram.report()["over_limit"] == 1
