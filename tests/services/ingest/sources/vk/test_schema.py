"""The bodies our tests are made of are what VK's official schema describes.

Requests are not validated: the schema does not know their `owner_id`.
"""

from typing import Any

import pytest

from services.ingest.sources.connector import Token
from shared.networks.vk import Vk
from tests import vk_schema
from tests.services.ingest.sources.vk.bodies import (
    OWNER,
    comment,
    deleted,
    event,
    photo,
    post,
)
from tests.services.ingest.sources.vk.server import VkServer

pytestmark = pytest.mark.skipif(not vk_schema.is_there(), reason=vk_schema.MISSING)

WALL = "wall/objects.json#/definitions"
CALLBACK = "callback/objects.json#/definitions"


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (post(), f"{WALL}/wall_wall_item"),
        (post(is_pinned=1, edited=1793000900), f"{WALL}/wall_wall_item"),
        (post(text="", copy_history=[post(55)]), f"{WALL}/wall_wall_item"),
        (post(attachments=[photo()]), f"{WALL}/wall_wall_item"),
        (post(post_type="reply", post_id=88), f"{WALL}/wall_wall_item"),
        (comment(), f"{WALL}/wall_wall_comment"),
        (comment(from_id=0, text="", deleted=True), f"{WALL}/wall_wall_comment"),
        (
            comment(thread={"count": 1, "items": [comment(4112)]}),
            f"{WALL}/wall_wall_comment",
        ),
        (event("wall_reply_new", comment()), f"{CALLBACK}/callback_base"),
        (comment(), f"{CALLBACK}/callback_wall_reply_new"),
        (deleted(), f"{CALLBACK}/callback_wall_comment_delete"),
        (post(), f"{CALLBACK}/callback_wall_post_new"),
    ],
)
def test_a_body_is_as_the_schema_says(body: dict[str, Any], name: str) -> None:
    assert vk_schema.problems(body, name) == []


@pytest.mark.parametrize(
    ("method", "params", "name"),
    [
        ("wall.get", {"owner_id": OWNER}, "wall/responses.json#/definitions/wall_get"),
        (
            "wall.getById",
            {"posts": f"{OWNER}_4001"},
            "wall/responses.json#/definitions/wall_getById",
        ),
        (
            "wall.getComments",
            {"owner_id": OWNER, "post_id": 4001, "thread_items_count": 10},
            "wall/responses.json#/definitions/wall_getComments",
        ),
        (
            "wall.createComment",
            {"owner_id": OWNER, "post_id": 4001, "message": "Да", "guid": "g"},
            "wall/responses.json#/definitions/wall_createComment",
        ),
        (
            "newsfeed.search",
            {"q": "яма", "start_time": 0, "end_time": 2_000_000_000},
            "newsfeed/responses.json#/definitions/newsfeed_search",
        ),
        (
            "groups.getById",
            {"group_id": 1, "fields": "members_count"},
            "groups/responses.json#/definitions/groups_getById_object",
        ),
    ],
)
async def test_our_server_answers_as_the_schema_says(
    method: str, params: dict[str, Any], name: str
) -> None:
    server = VkServer()
    number = server.publish("Яма")
    server.comment(number, "И у нас", above=server.comment(number, "Да"))
    server.found = [post()]
    tokens = (
        Token("s", "service", {"token": "service-1"}),
        Token("c", "community", {"token": "community-1"}),
    )
    answer = await Vk(server.access(*tokens)).answer(method, **params)

    assert vk_schema.problems(answer, f"{name}_response") == []


def test_the_schema_refuses_what_it_should() -> None:
    body = comment()
    del body["text"]

    assert vk_schema.problems(body, f"{WALL}/wall_wall_comment") == [
        "$: 'text' is a required property"
    ]
