"""Whatever happens on a wall, paging through the fake VK shows what stands there."""

from datetime import timedelta
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.sandbox.networks import NetworkContext
from infra.sandbox.networks.vk import FAKE
from infra.sandbox.networks.vk.gate import Asked, Gate
from infra.sandbox.networks.vk.servers import Servers
from infra.sandbox.stage import Stage, StagePage
from infra.sandbox.stage.ledger import Ledger
from infra.sandbox.stage.tokens import TokenBook
from tests.infra.sandbox.fakes.vk import checked
from tests.infra.sandbox.networks import Wall
from tests.infra.sandbox.worlds import START

PAGE = StagePage("town", 900_000_001, "town", "Город", False, None)
ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["post", "comment", "edit", "delete", "restore", "pin"]),
        st.integers(0, 30),
    ),
    max_size=40,
)


def act(stage: Stage, action: str, choice: int) -> None:
    """Do something to one of the items, if it can be done to it."""
    items = stage.items("town")
    if action == "post" or not items:
        stage.publish("town", f"Пост {choice}", at=START)
        return
    item = items[choice % len(items)]
    if item.is_deleted:
        if action == "restore":
            stage.restore("town", item.id, at=START)
    elif action == "comment":
        stage.publish("town", f"Комментарий {choice}", at=START, parent=item.id)
    elif action == "edit":
        stage.edit("town", item.id, f"Иначе {choice}", at=START)
    elif action == "delete":
        stage.delete("town", item.id, at=START)
    elif action == "pin" and item.root is None:
        stage.pin("town", item.id, at=START)


def asked(gate: Gate, wall: Wall, method: str, **params: Any) -> Any:  # noqa: ANN401 -- JSON
    wall.now += timedelta(seconds=1)
    told = {"v": "5.199", "owner_id": "-900000001"} | {
        name: str(value) for name, value in params.items()
    }
    body = gate.answer(Asked(method, told, "vk-service", "http://vk.invalid"))
    checked(method, body)
    return body["response"]


def wall_of(gate: Gate, wall: Wall) -> list[int]:
    """Read all posts, three at a time."""
    seen: list[int] = []
    while True:
        shown = asked(gate, wall, "wall.get", count=3, offset=len(seen))
        if not shown["items"]:
            return seen
        seen += [one["id"] for one in shown["items"]]


def comments_of(gate: Gate, wall: Wall, post: int) -> dict[int, str]:
    """Read the comments that stand under a post, thread by thread."""
    level = asked(gate, wall, "wall.getComments", post_id=post, count=100)
    found = level["items"]
    for top in level["items"]:
        thread = asked(
            gate,
            wall,
            "wall.getComments",
            post_id=post,
            comment_id=top["id"],
            count=100,
        )
        found = found + thread["items"]
    return {one["id"]: one["text"] for one in found if not one.get("deleted")}


@settings(max_examples=40, deadline=None)
@given(actions=ACTIONS)
def test_paging_shows_what_stands(actions: list[tuple[str, int]]) -> None:
    wall, stage = Wall(), Stage("vk", [PAGE])
    http = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: httpx.Response(200))
    )
    network = NetworkContext("vk", stage, wall, http, Ledger(), TokenBook("vk"))
    FAKE.routes(network)
    gate = Gate(network, Servers(network), {})
    for action, choice in actions:
        act(stage, action, choice)

    posts = wall_of(gate, wall)

    standing = [item for item in stage.items("town") if not item.is_deleted]
    pinned = stage.page("town").pinned
    ids = sorted((one.id for one in standing if one.root is None), reverse=True)
    assert posts == sorted(ids, key=lambda number: number != pinned)
    for post in posts:
        assert comments_of(gate, wall, post) == {
            one.id: one.text for one in standing if one.root == post
        }
