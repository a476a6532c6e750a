"""What is kept of a network's payload names nobody (product.md, Conduct 1).

The fakes send what is documented; here is what networks may send besides.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from telethon.tl import types

from services.ingest.domain.posts import PostKind
from services.ingest.sources.max.messages import read as max_item
from services.ingest.sources.ok.parse import topic_of as ok_topic
from services.ingest.sources.telegram.gathering import Gathering
from services.ingest.sources.telegram.messages import Heard
from services.ingest.sources.telegram.posts import Standing, post_of
from services.ingest.sources.vk.parse import comment_of as vk_comment
from services.ingest.sources.vk.parse import post_of as vk_post
from shared.networks.telegram.telethon_shapes import message_of

NOW = datetime(2026, 3, 11, 9, 0, tzinfo=UTC)
NUMBER = 770077
NAME = "Авторова"
CARD = {"id": NUMBER, "first_name": NAME, "is_bot": False}
"""A person as the Bot API and MAX show them."""


def of_max() -> object:
    maker = {"user_id": NUMBER, "name": NAME, "avatar_url": f"https://i.example/{NAME}"}
    return max_item(
        {
            "sender": CARD,
            "constructor": maker,
            "recipient": {"chat_id": -5, "chat_type": "chat"},
            "timestamp": 1_770_000_000_000,
            "body": {"mid": "mid.1", "text": "Яма", "replied": [CARD]},
        },
        Counter(),
    )


def of_vk_comment() -> object:
    """A picture under a comment belongs to who wrote it."""
    files = {
        "photo": {"owner_id": NUMBER, "sizes": [{"url": "https://sun.example/1.jpg"}]},
        "doc": {"owner_id": NUMBER, "url": f"https://vk.com/doc{NUMBER}_3?hash=1"},
        "audio_message": {"link_mp3": f"https://psv.example/c1/u{NUMBER}/1.mp3"},
        "video": {"player": f"https://vk.com/video_ext.php?oid={NUMBER}&id=1"},
    }
    attached = [{"type": kind, kind: each} for kind, each in files.items()]
    told = {"id": 5, "from_id": NUMBER, "date": 1, "text": "Яма"}
    return vk_comment({**told, "attachments": attached}, Counter(), owner=-1, post=2)


def of_vk_post() -> object:
    origin = {"id": NUMBER, "name": NAME, "link": f"https://vk.com/id{NUMBER}"}
    told = {"id": 5, "owner_id": -1, "from_id": -1, "date": 1, "text": "Яма"}
    people = {"post_author_data": {"author": NUMBER}, "coowners": {"list": [NUMBER]}}
    return vk_post({**told, **people, "copyright": origin}, Counter())


def of_ok() -> object:
    people = [f"user:{NUMBER}"]
    media = [
        {"type": "text", "text": "Яма"},
        {"type": "topic", "reshare_owner_refs": people, "reshare_owner_name": NAME},
    ]
    told = {"id": "9", "owner_ref": "group:5", "media": media, "created_ms": 1}
    return ok_topic({**told, "editor_ref": people[0], "with": people}, Counter())


def of_bot_api() -> object:
    message = {
        "message_id": 1,
        "date": 1_770_000_000,
        "chat": {"id": -100, "type": "supergroup", "title": "Чат"},
        "sender_tag": NAME,
        "text": f"{NAME}, смотри: яма",
        "entities": [{"type": "text_mention", "offset": 0, "length": len(NAME)}],
        "external_reply": {"origin": {"sender_user": CARD}, "chat": CARD},
        "quote": {"text": NAME},
        "reply_to_story": {"chat": CARD, "id": 2},
        "checklist": {"tasks": [{"id": 1, "completed_by_user": CARD}]},
        "forward_from_chat": {"id": NUMBER, "title": NAME},
    }
    standing = Standing("c/1", "c/1", PostKind.COMMENT)
    return post_of(Heard(7, message), standing, now=NOW)


def of_mtproto() -> object:
    person = types.PeerUser(NUMBER)
    message = types.Message(
        501,
        types.PeerChannel(900_000_001),
        NOW,
        f"{NAME}, смотри: яма",
        from_id=person,
        from_rank=NAME,
        saved_peer_id=person,
        entities=[types.MessageEntityMentionName(0, len(NAME), NUMBER)],
    )
    gathering = Gathering("test_roads", {}, now=NOW)
    gathering.take(
        [each for each in [message_of(message)] if each], in_group=False, seen=True
    )
    return list(gathering.posts())


@pytest.mark.parametrize(
    "made", [of_max, of_vk_comment, of_vk_post, of_ok, of_bot_api, of_mtproto]
)
def test_nothing_of_a_payload_tells_who_wrote_it(made: Callable[[], object]) -> None:
    told = repr(made())

    assert "яма" in told.lower()
    assert [each for each in (str(NUMBER), NAME) if each in told] == []
