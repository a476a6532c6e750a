"""Answers published on a stage: the write plan and the ledger."""

import httpx
import pytest

from infra.sandbox.clock import VirtualClock
from infra.sandbox.networks import NetworkContext, Networks
from infra.sandbox.stage.plans import Write, WriteMode
from tests.infra.sandbox.fakes.echo import PAGE, running
from tests.infra.sandbox.networks import Wall
from tests.infra.sandbox.worlds import START, world


def prepared(mode: WriteMode | None = None) -> tuple[Networks, NetworkContext, int]:
    networks = Networks(world(), VirtualClock(Wall()))
    networks.catch_up()
    networks.ledger.approve("Засыпали.")
    network = networks.context("livejournal")
    target = network.stage.publish(PAGE, "Яма", at=START)
    if mode is not None:
        network.writes.add(Write(mode=mode, code=9))
    return networks, network, target.id


async def answer(
    client: httpx.AsyncClient, target: int, guid: str | None = "g", text: str = ""
) -> httpx.Response:
    body = {"target": target, "text": text or "Засыпали.", "guid": guid}
    return await client.post("/echo/answer", json=body)


async def test_answer_stands_under_its_target_and_in_the_ledger() -> None:
    networks, network, target = prepared()
    async with running(networks) as client:
        made = await answer(client, target)

    comment = network.stage.item(PAGE, target + 1)
    assert made.json() == {"mode": "success", "item": comment.id, "repeated": False}
    assert (comment.parent, comment.text) == (target, "Засыпали.")
    assert networks.ledger.lines() == [
        {
            "at": START.isoformat(),
            "network": "livejournal",
            "page": PAGE,
            "target": target,
            "text": "Засыпали.",
            "token_kind": "group",
            "guid": "g",
            "author": "group:900000001",
            "outcome": "success",
            "item": comment.id,
            "approved": True,
        }
    ]
    assert network.meter.unapproved_writes == 0


async def test_same_mark_publishes_once_even_when_the_response_was_lost() -> None:
    networks, network, target = prepared(WriteMode.LOST)
    async with running(networks) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await answer(client, target)
        again = await answer(client, target)

    assert again.json() == {"mode": "success", "item": target + 1, "repeated": True}
    assert [one.outcome for one in networks.ledger.all] == ["lost", "repeated"]
    assert len(network.stage.comments(PAGE, target)) == 1


async def test_without_a_mark_every_call_publishes() -> None:
    networks, network, target = prepared()
    async with running(networks) as client:
        await answer(client, target, None)
        await answer(client, target, None)

    assert len(network.stage.comments(PAGE, target)) == 2


@pytest.mark.parametrize("mode", [WriteMode.REJECTED, WriteMode.LIMITED])
async def test_refused_answer_is_not_published(mode: WriteMode) -> None:
    networks, network, target = prepared(mode)
    async with running(networks) as client:
        refused = await answer(client, target)
        made = await answer(client, target)

    assert refused.json() == {"mode": mode.value, "item": None, "repeated": False}
    assert made.json()["mode"] == "success"
    assert len(network.stage.comments(PAGE, target)) == 1


async def test_target_deleted_at_the_last_moment_gets_no_answer() -> None:
    networks, network, target = prepared(WriteMode.DELETED_TARGET)
    async with running(networks) as client:
        refused = await answer(client, target)

    assert refused.json()["mode"] == "deleted-target"
    assert network.stage.item(PAGE, target).is_deleted
    assert network.stage.comments(PAGE, target) == []


async def test_target_edited_at_the_last_moment_is_answered() -> None:
    networks, network, target = prepared(WriteMode.EDITED_TARGET)
    async with running(networks) as client:
        await answer(client, target)

    assert network.stage.item(PAGE, target).text == "Яма (upd)"
    assert len(network.stage.comments(PAGE, target)) == 1


async def test_text_that_nobody_approved_is_counted() -> None:
    networks, network, target = prepared()
    async with running(networks) as client:
        await answer(client, target, text="Засыпали!")

    assert network.meter.unapproved_writes == 1
    assert [one.is_approved for one in networks.ledger.all] == [False]
