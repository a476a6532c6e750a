"""Builders of VK's bodies, as the official schema has them; all of it is invented."""

from typing import Any

OWNER = -900000001
RESIDENT = 700000012

Json = dict[str, Any]


def post(number: int = 4101, **fields: Any) -> Json:  # noqa: ANN401 -- JSON
    return {
        "inner_type": "wall_wallpost",
        "id": number,
        "owner_id": OWNER,
        "from_id": OWNER,
        "date": 1793000000,
        "post_type": "post",
        "text": "Закрыли ямы на Садовой",
        "comments": {"count": 3, "can_post": 1, "groups_can_post": True},
        "likes": {"count": 12, "user_likes": 0, "can_like": 1, "can_publish": 1},
        "reposts": {"count": 2, "user_reposted": 0},
        "views": {"count": 1530},
        **fields,
    }


def comment(number: int = 4110, **fields: Any) -> Json:  # noqa: ANN401 -- JSON
    return {
        "id": number,
        "from_id": RESIDENT,
        "date": 1793000060,
        "text": "На Лесной яма у подъезда",
        "post_id": 4101,
        "owner_id": OWNER,
        "parents_stack": [],
        "likes": {"count": 3, "user_likes": 0, "can_like": 1, "can_publish": 1},
        "thread": {"count": 0, "items": []},
        **fields,
    }


def photo() -> Json:
    size = {"type": "x", "url": "https://cdn.example/1.jpg", "width": 0, "height": 0}
    return {
        "type": "photo",
        "photo": {
            "id": 77,
            "album_id": -7,
            "owner_id": OWNER,
            "user_id": RESIDENT,
            "date": 1793000000,
            "has_tags": False,
            "sizes": [size],
        },
    }


def event(kind: str, content: Json, number: str = "e1", **fields: Any) -> Json:  # noqa: ANN401 -- JSON
    return {
        "type": kind,
        "group_id": -OWNER,
        "event_id": number,
        "v": "5.199",
        "secret": "cb-secret",
        "object": content,
        **fields,
    }


def deleted(number: int = 4110, **fields: Any) -> Json:  # noqa: ANN401 -- JSON
    return {
        "owner_id": OWNER,
        "id": number,
        "user_id": RESIDENT,
        "post_id": 4101,
        **fields,
    }
