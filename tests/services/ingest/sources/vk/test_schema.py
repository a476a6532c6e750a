"""The bodies our tests are made of are what VK's official schema describes.

Not validated: groups.getById, whose definition contradicts itself (it extends one that
allows no further fields), and requests, whose `owner_id` the schema does not know.
"""

from typing import Any

import pytest

from services.ingest.sources.connector import Token
from shared.networks.vk import Vk
from tests.services.ingest.sources.vk.bodies import (
    OWNER,
    comment,
    deleted,
    event,
    photo,
    post,
)
from tests.services.ingest.sources.vk.schema import validator
from tests.services.ingest.sources.vk.server import VkServer

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
    assert list(validator(name).iter_errors(body)) == []


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

    assert list(validator(f"{name}_response").iter_errors(answer)) == []


def test_the_schema_refuses_what_it_should() -> None:
    body = comment()
    del body["text"]

    errors = list(validator(f"{WALL}/wall_wall_comment").iter_errors(body))

    assert [error.validator for error in errors] == ["required"]
