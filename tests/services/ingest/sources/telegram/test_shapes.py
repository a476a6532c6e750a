"""What the sandbox calls updates is what the Bot API calls so.

The oracle is aiogram's types. aiogram pins an older pydantic than ours, so it is not
among our dependencies; its types work with ours all the same:

    pip install --no-deps aiogram magic-filter aiohttp aiofiles

Without it these tests are skipped.
"""

from typing import Any

import pytest

pytest.importorskip("aiogram", reason="aiogram is not installed (see the module)")

from aiogram.types import ChatFullInfo, Message, Update, User, WebhookInfo

from infra.sandbox.networks.telegram.shapes import comment_id, group_id
from infra.sandbox.stage import AuthorKind, Writer
from tests.services.ingest.sources.telegram.sandbox import BOT_TOKEN, Telegram


async def ask(telegram: Telegram, method: str, **params: Any) -> Any:  # noqa: ANN401 -- JSON
    url = f"http://telegram.invalid/telegram/bot{BOT_TOKEN}/{method}"
    return (await telegram.http.post(url, json=params)).json()["result"]


async def test_every_update_is_one_of_the_bot_api(telegram: Telegram) -> None:
    item = telegram.post("😀 Отключение света", entities=[_bold(0, 2)])
    answer = telegram.comment(item, "А у нас?")
    telegram.comment(answer, "И у нас", bare=True)
    telegram.comment(item, "Передали", writer=Writer(AuthorKind.GROUP, 1, "Группа"))
    telegram.comment(item, "Как канал", sender="channel")
    telegram.comment(item, "Вот фото", album=135, entities=[_bold(0, 3)])
    telegram.comment(item, "", album=135)
    telegram.post("Абзац\nЕщё", rich=True)
    telegram.edit(item, "Отключение отменено")
    telegram.edit(answer, "А у нас, на Лесной?")

    read = [Update.model_validate(each) for each in await ask(telegram, "getUpdates")]

    assert [each.event_type for each in read] == [
        "channel_post",
        *["message"] * 7,
        "channel_post",
        "message",
        "edited_channel_post",
        "edited_message",
    ]
    first = read[0].channel_post
    assert first is not None
    assert first.entities is not None
    assert first.entities[0].extract_from(first.text or "") == "😀"
    rich = read[8].channel_post
    assert rich is not None
    assert rich.rich_message is not None
    assert [block.type for block in rich.rich_message.blocks] == ["paragraph"] * 2


async def test_other_answers_are_those_of_the_bot_api(telegram: Telegram) -> None:
    comment = telegram.comment(telegram.post("Пост"), "Яма")

    me = User.model_validate(await ask(telegram, "getMe"))
    chat = ChatFullInfo.model_validate(
        await ask(telegram, "getChat", chat_id=f"@{telegram.handle}")
    )
    hook = WebhookInfo.model_validate(await ask(telegram, "getWebhookInfo"))
    sent = Message.model_validate(
        await ask(
            telegram,
            "sendMessage",
            chat_id=group_id(telegram.page),
            text="Заделали.",
            reply_parameters={"message_id": comment_id(comment.id)},
        )
    )

    assert (me.is_bot, hook.url) == (True, "")
    assert chat.linked_chat_id == group_id(telegram.page)
    assert (sent.text, sent.chat.id) == ("Заделали.", group_id(telegram.page))


def _bold(offset: int, length: int) -> dict[str, Any]:
    return {"type": "bold", "offset": offset, "length": length}
