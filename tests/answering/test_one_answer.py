"""A resident's post on a network gets one public answer, whatever breaks on the way."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.sandbox.stage.plans import WriteMode
from services.ingest.handlers.credentials import replace
from services.triage import jobs
from shared.vault import Vault
from tests.answering.desk import PUBLISH, SECRET, Desk, desk_of, dying
from tests.answering.nets import NETS, Net, vk

TEXT = "Третий день нет горячей воды на улице Садовой, 14. Когда включат?"
REPLY = "Здравствуйте! Воду дадут 12 марта."
NOTHING_WRONG = {"unapproved_writes": 0, "after_fatal": 0, "over_limit": 0}


@pytest.fixture(params=NETS)
async def net(request: pytest.FixtureRequest) -> AsyncIterator[Net]:
    """Each of the networks we answer on."""
    async with NETS[request.param]() as one:
        yield one


@pytest.fixture
async def desk(net: Net, database_url: str, valkey_url: str) -> AsyncIterator[Desk]:
    """A region that watches it."""
    async with desk_of(net, database_url, valkey_url) as one:
        yield one


async def killed(desk: Desk, path: str) -> None:
    """Publish with a worker that dies between the call and the record of it."""
    await desk.people["moderator"].post(f"{path}/publish", PUBLISH)
    ((region, posting),) = desk.queue.take("triage", "publish_reply")
    publishers = dying(desk.publishers, asyncio.CancelledError)
    with pytest.raises(asyncio.CancelledError):
        await jobs.publish_reply(desk.work, publishers, region, posting)


async def test_an_approved_answer_is_public_once(desk: Desk, net: Net) -> None:
    item = net.complain(TEXT)
    path = await desk.opened(TEXT)
    await desk.approved(path, REPLY)

    await desk.publish(path)
    await desk.later(minutes=2)
    await desk.poll()

    posting = await desk.posting(path)
    row = await desk.world.scalar(
        "SELECT json_build_array(item_key, snapshot ->> 'text', native_id, link) "
        "FROM triage.posting"
    )
    case = (await desk.people["moderator"].get(path)).body
    assert (posting["state"], net.attempts()) == ("sent", ["success"])
    assert row[:2] == [f"{net.network}:{net.key(item)}", REPLY]
    assert all(row)
    assert case["replies"][-1]["published_link"] == row[3]
    waiting = {one["text"] for one in await desk.candidates()}
    assert net.public(REPLY) == 1
    assert waiting.isdisjoint({TEXT, REPLY})
    assert net.counted() == NOTHING_WRONG


async def test_a_lost_response_or_a_killed_worker_makes_no_second_answer(
    desk: Desk, net: Net
) -> None:
    paths = []
    for place in ("Лесной", "Полевой"):
        net.complain(f"На {place} нет горячей воды")
        paths.append(await desk.opened(f"На {place} нет горячей воды"))
        await desk.approved(paths[-1], f"На {place} воду дадут.")
        net.pass_by(minutes=6)
    net.plan(WriteMode.LOST)

    await desk.publish(paths[0])
    await killed(desk, paths[1])
    between = [(await desk.posting(path))["state"] for path in paths]
    for _ in range(3):
        await desk.later(seconds=61)

    states = [(await desk.posting(path))["state"] for path in paths]
    links = [(await desk.posting(path))["link"] for path in paths]
    assert between == (["sending"] * 2 if net.knows_keys else ["unknown", "sending"])
    assert states == ["sent", "sent"]
    assert [net.public(f"На {each} воду дадут.") for each in ("Лесной", "Полевой")] == [
        1,
        1,
    ]
    assert net.attempts() == ["lost", "success"]
    assert None not in links
    assert net.counted() == NOTHING_WRONG


async def test_what_is_gone_edited_or_not_approved_is_not_answered(
    desk: Desk, net: Net
) -> None:
    texts = [f"На {place} нет горячей воды" for place in ("Лесной", "Полевой", "Новой")]
    items = [net.complain(text) for text in texts]
    gone, edited, unapproved = [await desk.opened(text) for text in texts]
    moderator = desk.people["moderator"]
    for path in (gone, edited):
        await desk.approved(path, REPLY)
    await moderator.post(f"{unapproved}/assign", {"authority": "housing"})
    await moderator.post(f"{unapproved}/draft", {"text": "Никто не одобрял"})
    net.pass_by(minutes=16)
    net.edit(items[1], "Всё включили, спасибо")
    await desk.poll()
    net.delete(items[0])

    refused = await moderator.post(f"{unapproved}/publish", PUBLISH)
    for path in (gone, edited):
        await moderator.post(f"{path}/publish", PUBLISH)
        await desk.settle()

    found = [await told(desk, path) for path in (gone, edited)]
    assert found == [
        ("failed", "deleted", "approved"),
        ("failed", "edited", "awaiting_approval"),
    ]
    assert refused.status == 409
    assert net.attempts() == []
    assert net.counted() == NOTHING_WRONG


async def told(desk: Desk, path: str) -> tuple[Any, ...]:
    """How a posting ended, and where its incident stands."""
    posting = await desk.posting(path)
    case = (await desk.people["moderator"].get(path)).body
    return posting["state"], posting["obstacle"], case["status"]


async def test_a_refused_token_waits_for_a_person_and_a_new_one_goes_on(
    database_url: str, valkey_url: str
) -> None:
    async with vk() as net, desk_of(net, database_url, valkey_url) as desk:
        net.complain(TEXT)
        path = await desk.opened(TEXT)
        await desk.approved(path, REPLY)
        book, voice = net.context.tokens, net.tokens[1].secrets
        book.revoke(voice["token"])

        await desk.publish(path)
        first = await told(desk, path)
        await desk.publish(path)
        second = await desk.posting(path)
        refused = await desk.credential("community")
        fresh = book.issue("group", owner=book.find(voice["token"]).owner)  # type: ignore[union-attr]
        async with desk.tools.work.unit(desk.region) as uow:
            secrets = {**voice, "token": fresh.value}
            await replace(uow, Vault(SECRET), refused.id, secrets, None)
        await desk.publish(path)

        assert first == ("failed", "sign_in_again", "approved")
        assert (refused.state, refused.error_code) == ("refused", "vk:27")
        assert "replace the credential community" in second["message"]
        assert await told(desk, path) == ("sent", None, "published")
        assert net.attempts() == ["success"]
        assert net.counted() == NOTHING_WRONG


async def test_two_sources_that_see_a_post_make_one_answer(
    database_url: str, valkey_url: str
) -> None:
    async with vk() as net, desk_of(net, database_url, valkey_url) as desk:
        item = net.complain(TEXT)
        owner = net.place[1]
        url = f"https://vk.com/wall{owner}_{item.id}"
        second = await desk.watched("post", f"{owner}_{item.id}", url)
        path = await desk.opened(TEXT)
        await desk.poll(second)
        await desk.approved(path, REPLY)

        await desk.publish(path)

        assert await desk.candidates() == []
        assert net.public(REPLY) == 1
