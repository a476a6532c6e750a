"""Planned faults before a fake network."""

import asyncio
import gzip

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from infra.sandbox.clock import VirtualClock
from infra.sandbox.networks import Networks
from infra.sandbox.networks.faulty import FaultyNetworks, Hangable, hang_up
from infra.sandbox.stage.plans import Fault, FaultMode
from tests.infra.sandbox.fakes.echo import PLAIN, running
from tests.infra.sandbox.networks import Wall
from tests.infra.sandbox.worlds import START, world

DATE = "Thu, 20 Nov 2025 09:00:00 GMT"
AT = int(START.timestamp())


def networks() -> Networks:
    return Networks(world(), VirtualClock(Wall()))


def struck(**fault: object) -> Networks:
    made = networks()
    made.context("livejournal").faults.add(Fault.model_validate(fault))
    return made


async def say(client: httpx.AsyncClient, method: str = "say") -> httpx.Response:
    return await client.post("/echo/say", params={"method": method}, content="алло")


async def test_request_without_a_plan_is_served_at_the_virtual_time() -> None:
    async with running(networks()) as client:
        heard = await say(client)

    assert heard.json() == {"heard": "алло", "at": AT, "ё": "Ямы"}
    assert heard.headers["Date"] == DATE


async def test_fault_strikes_its_route_as_often_as_planned() -> None:
    struck_twice = struck(mode="limit", route="wall.*", times=2, code=6)
    async with running(struck_twice) as client:
        answers = [await say(client, one) for one in ("say", *["wall.get"] * 3)]

    assert [one.json().get("error") for one in answers] == [None, 6, 6, None]


async def test_limit_of_a_fake_without_its_own_form_is_429() -> None:
    plan = struck(mode="limit", route="say", retry_after=7)
    async with running(plan, PLAIN) as client:
        refused = await say(client)

    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "7")


async def test_server_error_is_a_page_of_html() -> None:
    async with running(struck(mode="status", status=502, retry_after=3)) as client:
        broken = await say(client)

    assert (broken.status_code, broken.headers["Retry-After"]) == (502, "3")
    assert broken.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<center>nginx</center>" in broken.text


async def test_cut_body_is_no_json() -> None:
    async with running(struck(mode="cut")) as client:
        cut = await say(client)

    assert cut.status_code == 200
    assert int(cut.headers["Content-Length"]) == len(cut.content)
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        cut.json()


@pytest.mark.parametrize("mode", ["reset", "hang", "break"])
async def test_connection_ends_without_a_whole_answer(mode: str) -> None:
    async with running(struck(mode=mode, seconds=0.01)) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await say(client)


async def test_a_network_whose_name_is_not_found_can_not_be_connected_to() -> None:
    async with running(struck(mode="unreachable")) as client:
        with pytest.raises(httpx.ConnectError, match="Name or service not known"):
            await say(client)
        heard = await say(client)

    assert heard.json()["heard"] == "алло"


async def test_slow_answer_is_whole() -> None:
    async with running(struck(mode="latency", seconds=0.01)) as client:
        heard = await say(client)

    assert heard.json()["heard"] == "алло"


async def test_answer_calls_itself_something_else() -> None:
    async with running(struck(mode="content-type", value="text/plain")) as client:
        heard = await say(client)

    assert heard.headers["Content-Type"] == "text/plain"
    assert heard.json()["heard"] == "алло"


async def test_answer_is_compressed() -> None:
    async with (
        running(struck(mode="gzip")) as client,
        client.stream("POST", "/echo/say", content="алло") as heard,
    ):
        raw = b"".join([part async for part in heard.aiter_raw()])

    assert heard.headers["Content-Encoding"] == "gzip"
    assert "алло" in gzip.decompress(raw).decode()


async def test_answer_is_in_another_encoding_than_it_says() -> None:
    async with running(struck(mode="charset", value="cp1251")) as client:
        heard = await say(client)

    assert "Ямы" in heard.content.decode("cp1251")
    with pytest.raises(UnicodeDecodeError):
        heard.content.decode()


async def test_skewed_clock_shows_in_the_header_and_in_the_body_once() -> None:
    async with running(struck(mode="skew", seconds=3600)) as client:
        skewed, straight = await say(client), await say(client)

    assert skewed.headers["Date"] == "Thu, 20 Nov 2025 10:00:00 GMT"
    assert (skewed.json()["at"], straight.json()["at"]) == (AT + 3600, AT)


async def test_stage_is_up_to_date_at_every_request() -> None:
    wall = Wall()
    made = Networks(world(), VirtualClock(wall))
    stage = made.context("livejournal").stage
    async with running(made) as client:
        await say(client)
        before = stage.last_seq
        wall.pass_by(hours=2)
        await say(client)

    assert 0 < before < stage.last_seq


def test_modes_all_have_a_test_above() -> None:
    assert {mode.value for mode in FaultMode} == {
        "latency",
        "limit",
        "status",
        "cut",
        "break",
        "reset",
        "unreachable",
        "hang",
        "content-type",
        "gzip",
        "charset",
        "skew",
    }


class Cycle:
    """What uvicorn hands over: `send` is a method of the owner of a connection."""

    def __init__(self) -> None:
        self.transport = self
        self.is_aborted = False

    def abort(self) -> None:
        self.is_aborted = True

    async def send(self, _message: Message) -> None:
        raise AssertionError("nothing may be sent")


async def nothing() -> Message:
    raise AssertionError("nothing may be read")


async def test_connection_of_a_real_server_is_aborted() -> None:
    cycle = Cycle()

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        hang_up(scope)

    await Hangable(app)({"type": "http"}, nothing, cycle.send)

    assert cycle.is_aborted


async def test_server_without_a_connection_and_other_scopes_are_let_through() -> None:
    scopes: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        scopes.append(scope["type"])

    async def send(_message: Message) -> None:
        raise AssertionError("nothing may be sent")

    faulty = FaultyNetworks(app, networks=networks(), fakes=(PLAIN,))
    await Hangable(faulty)({"type": "lifespan"}, nothing, send)

    assert scopes == ["lifespan"]


async def test_work_between_requests_goes_on_after_a_failure() -> None:
    made, ticks = networks(), asyncio.Event()
    failures = iter([RuntimeError("once")])

    async def tick() -> int:
        if failure := next(failures, None):
            raise failure
        ticks.set()
        return 1

    made.context("livejournal").on_tick(tick)
    task = asyncio.create_task(made.run())
    async with asyncio.timeout(5):
        await ticks.wait()
    task.cancel()
    await made.close()

    assert ticks.is_set()
