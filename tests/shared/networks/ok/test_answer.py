"""The three steps of an answer on OK, where OK says strange things."""

from datetime import UTC, datetime

import pytest

from shared.networks.failures import NetworkError
from shared.networks.ok import Ok, answer
from shared.networks.ok.answer import Spot, Standing
from tests.services.ingest.sources.ok.world import GROUP, OkServer

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def server() -> OkServer:
    return OkServer()


@pytest.fixture
def spot(server: OkServer) -> Spot:
    return Spot(GROUP, int(server.number(server.publish("Яма"))))


@pytest.fixture
def ok(server: OkServer) -> Ok:
    return Ok(server.access())


@pytest.mark.parametrize("code", [300, 700, 702])
async def test_discussion_that_is_gone_does_not_exist(
    server: OkServer, ok: Ok, spot: Spot, code: int
) -> None:
    server.fail("discussions.getComments", code)

    assert await answer.look(ok, spot) == Standing(exists=False)


async def test_topic_that_is_blocked_does_not_exist(server: OkServer, ok: Ok) -> None:
    topic = server.publish("Яма", blocked=True)

    seen = await answer.look(ok, Spot(GROUP, int(server.number(topic))))

    assert seen == Standing(exists=False)


@pytest.mark.parametrize("method", ["mediatopic.getByIds", "discussions.getComments"])
@pytest.mark.parametrize("code", [0, 2])
async def test_nothing_is_concluded_from_null_and_errors(
    server: OkServer, ok: Ok, spot: Spot, method: str, code: int
) -> None:
    server.fail(method, code)

    with pytest.raises(NetworkError):
        await answer.look(ok, spot)


async def test_nothing_is_found_where_null_was_shown(
    server: OkServer, ok: Ok, spot: Spot
) -> None:
    server.fail("discussions.getComments", 0)

    with pytest.raises(NetworkError, match="did not show"):
        await answer.find(ok, spot, "Да", since=LONG_AGO)


@pytest.mark.parametrize("told", ["bXM=", {"comment_id": "bXM="}, {"id": "bXM="}])
async def test_new_comment_is_named_in_any_form(
    server: OkServer, ok: Ok, spot: Spot, told: object
) -> None:
    server.says["discussions.addDiscussionComment"] = told

    assert await answer.send(ok, spot, "Да") == "bXM="


@pytest.mark.parametrize("told", [None, [], {}, 7, ""])
async def test_answer_without_a_name_is_in_doubt(
    server: OkServer, ok: Ok, spot: Spot, told: object
) -> None:
    server.says["discussions.addDiscussionComment"] = told

    with pytest.raises(NetworkError) as caught:
        await answer.send(ok, spot, "Да")

    assert caught.value.code is None


async def test_comments_without_dates_do_not_end_the_search(
    server: OkServer, ok: Ok, spot: Spot
) -> None:
    topic = server.stage.posts("ok-test")[0]
    server.comment(topic, "Да", by_page=True)
    server.forward(minutes=1)
    for _ in range(100):
        server.comment(topic, "Нет", date=None, date_ms=None)

    found = await answer.find(ok, spot, "Да", since=LONG_AGO)

    assert found is not None
