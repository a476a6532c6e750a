"""The fake Facebook's webhooks: challenge, signature, batches, disorder."""

from dataclasses import dataclass

import pytest

from infra.sandbox.graph.call import APP_ID
from infra.sandbox.networks.facebook.ids import comment_id, post_id
from infra.sandbox.stage import Item
from tests.infra.sandbox.fakes.meta import APP, URL, Caller, Desk
from tests.infra.sandbox.fakes.test_facebook import NUMBER, OTHER, PAGE, facebook


@dataclass
class Pushed:
    """The fake and the desk that hears of its page."""

    fb: Caller
    desk: Desk

    def name(self, item: Item) -> str:
        page = self.fb.stage.page(item.page)
        return post_id(page, item.id) if item.root is None else comment_id(page, item)

    @property
    def verbs(self) -> list[str]:
        return [value["verb"] for _, _, value in self.desk.changes]


@pytest.fixture
async def pushed() -> Pushed:
    desk = Desk()
    fb = facebook(desk)
    await fb.subscribe("page", NUMBER, "feed,mention")
    return Pushed(fb, desk)


async def test_address_must_know_the_word() -> None:
    fb = facebook(Desk(word="other"))
    code = await fb.error(
        f"{APP_ID}/subscriptions",
        token=APP,
        method="POST",
        object="page",
        callback_url=URL,
        verify_token="our-word",
    )
    others = await fb.error(f"{APP_ID}/subscriptions", method="POST")
    wrong = await fb.error(
        f"{APP_ID}/subscriptions", token=APP, method="POST", object="user"
    )

    assert (code[0], others[0], wrong[0]) == (2200, 10, 100)


async def test_everything_that_happens_is_told_but_a_return(pushed: Pushed) -> None:
    fb = pushed.fb
    post = fb.post()
    comment = fb.post("Нет света", parent=post.id)
    answer = fb.post("Где?", parent=comment.id)
    at = fb.network.clock()
    fb.stage.edit(PAGE, comment.id, "Нет света на Садовой", at=at)
    fb.stage.delete(PAGE, comment.id, at=at)
    fb.stage.restore(PAGE, comment.id, at=at)
    await fb.deliver()

    assert pushed.verbs == ["add", "add", "add", "edited", "remove"]
    values = [value for _, _, value in pushed.desk.changes]
    assert [each["item"] for each in values] == ["status"] + ["comment"] * 4
    assert values[1]["comment_id"] == pushed.name(comment)
    assert values[1]["parent_id"] == values[1]["post_id"] == pushed.name(post)
    assert values[2]["parent_id"] == pushed.name(comment)
    assert values[2]["comment_id"] == pushed.name(answer)
    assert ("message" in values[3], "message" in values[4]) == (True, False)


async def test_what_happens_at_once_comes_as_one_batch(pushed: Pushed) -> None:
    for number in range(3):
        pushed.fb.post(f"Яма {number}")
    pushed.fb.post("@fb_oblast, почините", page=OTHER)
    await pushed.fb.deliver()

    (body,) = pushed.desk.bodies
    assert body["object"] == "page"
    assert [len(entry["changes"]) for entry in body["entry"]] == [4]
    fields = [name for _, name, _ in pushed.desk.changes]
    assert fields == ["feed"] * 3 + ["mention"]
    assert "message" not in pushed.desk.changes[-1][2]


async def test_pages_that_are_not_subscribed_are_not_told_of(pushed: Pushed) -> None:
    pushed.fb.post("Чужая", page=OTHER)
    await pushed.fb.deliver()

    assert pushed.desk.bodies == []


async def test_failed_delivery_is_repeated(pushed: Pushed) -> None:
    pushed.desk.broken = 2
    pushed.fb.post()
    await pushed.fb.deliver(seconds=5)

    assert pushed.verbs == ["add"]


@pytest.mark.parametrize(
    ("mode", "verbs", "forged"),
    [
        ("duplicate", ["add", "add", "edited"], 0),
        ("reorder", ["edited", "add"], 0),
        ("drop", ["edited", "add"], 0),
        ("forge", ["add", "edited"], 1),
    ],
)
async def test_deliveries_go_astray_as_planned(
    pushed: Pushed, mode: str, verbs: list[str], forged: int
) -> None:
    fb = pushed.fb
    fb.delivery(mode, event="page", seconds=3)
    post = fb.post()
    await fb.deliver()
    fb.stage.edit(PAGE, post.id, "Другое", at=fb.network.clock())
    await fb.deliver(seconds=5)

    assert (pushed.verbs, pushed.desk.forged) == (verbs, forged)
