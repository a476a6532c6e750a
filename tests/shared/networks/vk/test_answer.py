"""An answer on VK is looked up before, sent once, and found after a lost response."""

from datetime import timedelta

import httpx
import pytest

from services.ingest.sources.connector import Token
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.vk import Vk
from shared.networks.vk.answer import Answer, Standing, find, look, send
from shared.networks.vk.links import Spot
from tests.services.ingest.sources.vk.server import OWNER, VkServer

GROUP = -OWNER
TOKENS = (
    Token("s", "service", {"token": "service-1"}),
    Token("c", "community", {"token": "community-1", "group": str(GROUP)}),
)
TEXT = "Здравствуйте! Яму засыплют до пятницы."


@pytest.fixture
def server() -> VkServer:
    return VkServer()


@pytest.fixture
def vk(server: VkServer) -> Vk:
    return Vk(server.access(*TOKENS), group=GROUP)


@pytest.fixture
def spot(server: VkServer) -> Spot:
    """A resident's comment among others."""
    post = server.publish("Пишите здесь")
    comment = server.comment(post, "На Лесной яма")
    server.comment(post, "На Мира люк")
    return Spot(OWNER, post, comment)


async def _send(vk: Vk, spot: Spot, guid: str = "reply-1") -> int:
    return await send(vk, spot, TEXT, group=GROUP, guid=guid)


async def test_a_comment_that_stands_is_seen(vk: Vk, spot: Spot) -> None:
    seen = await look(vk, spot, group=GROUP)

    assert seen == Standing(exists=True, open=True, text="На Лесной яма")


async def test_a_post_that_was_edited_tells_when(
    server: VkServer, vk: Vk, spot: Spot
) -> None:
    server.forward(minutes=5)
    edited_at = server.now.replace(microsecond=0)
    server.edit(spot.post, "Пишите сюда")

    seen = await look(vk, Spot(OWNER, spot.post), group=GROUP)

    assert (seen.text, seen.edited_at) == ("Пишите сюда", edited_at)


@pytest.mark.parametrize("flagged", [False, True])
@pytest.mark.parametrize("whole_post", [False, True])
async def test_what_was_deleted_does_not_exist(
    server: VkServer, vk: Vk, spot: Spot, *, flagged: bool, whole_post: bool
) -> None:
    assert spot.comment is not None
    server.vanish(spot.post if whole_post else spot.comment, flagged=flagged)

    assert await look(vk, spot, group=GROUP) == Standing(exists=False)


async def test_comments_closed_to_pages_are_not_open(
    server: VkServer, vk: Vk, spot: Spot
) -> None:
    server.closed.add(spot.post)

    assert (await look(vk, spot, group=GROUP)).open is False


async def test_comments_nobody_may_read_are_not_open(
    server: VkServer, vk: Vk, spot: Spot
) -> None:
    server.faults = [("wall.getComments", 212)]

    seen = await look(vk, Spot(OWNER, spot.post), group=GROUP)

    assert (seen.exists, seen.open) == (True, False)


async def test_our_own_answer_is_seen_and_nobody_else_s(
    server: VkServer, vk: Vk, spot: Spot
) -> None:
    server.comment(spot.post, TEXT, above=spot.comment or 0)
    number = await _send(vk, spot)
    elsewhere = server.comment(spot.post, TEXT)
    server.items[elsewhere].by_page = True

    seen = await look(vk, spot, group=GROUP)

    assert [(each.id, each.text, each.under) for each in seen.answers] == [
        (number, TEXT, spot.comment)
    ]


async def test_an_answer_is_given_by_the_community(
    server: VkServer, vk: Vk, spot: Spot
) -> None:
    await _send(vk, spot)

    method, token, _ = server.calls[-1]
    assert (method, token) == ("wall.createComment", "community-1")
    assert server.params[-1] == {
        "owner_id": str(OWNER),
        "post_id": str(spot.post),
        "reply_to_comment": str(spot.comment),
        "from_group": str(GROUP),
        "message": TEXT,
        "guid": "reply-1",
        "v": "5.199",
    }


async def test_the_same_guid_is_one_comment(
    server: VkServer, vk: Vk, spot: Spot
) -> None:
    first, again, other = [await _send(vk, spot, guid) for guid in ("a", "a", "b")]

    assert first == again != other
    assert [one.text for one in server.items.values()].count(TEXT) == 2


async def test_a_lost_response_has_no_code_and_the_answer_is_found(
    server: VkServer, vk: Vk, spot: Spot
) -> None:
    since = server.now
    original = server._wall_createcomment

    def lost(form: dict[str, str]) -> None:
        original(form)
        raise httpx.ReadTimeout("hung up")

    server._wall_createcomment = lost  # type: ignore[method-assign,assign]
    with pytest.raises(NetworkError) as caught:
        await _send(vk, spot)

    found = await find(vk, spot, f" {TEXT} ", group=GROUP, since=since)

    assert (caught.value.kind, caught.value.code) == (ErrorKind.RETRY, None)
    assert isinstance(found, Answer)
    assert (found.text, found.under) == (TEXT, spot.comment)


async def test_an_answer_is_found_deep_in_a_long_thread(
    server: VkServer, vk: Vk, spot: Spot
) -> None:
    for number in range(250):
        server.comment(spot.post, f"Ещё {number}")
    for number in range(120):
        server.comment(spot.post, f"И я {number}", above=spot.comment or 0)
    since = server.now
    number = await _send(vk, spot)

    found = await find(vk, spot, TEXT, group=GROUP, since=since)

    assert found is not None
    assert found.id == number


@pytest.mark.parametrize(
    "what", ["nothing", "other text", "too early", "by a resident"]
)
async def test_what_is_not_ours_is_not_found(
    server: VkServer, vk: Vk, spot: Spot, what: str
) -> None:
    since = server.now
    if what != "nothing":
        text = "Другой ответ" if what == "other text" else TEXT
        number = server.comment(spot.post, text, above=spot.comment or 0)
        server.items[number].by_page = what != "by a resident"
    if what == "too early":
        since += timedelta(minutes=10)

    assert await find(vk, spot, TEXT, group=GROUP, since=since) is None


@pytest.mark.no_cover  # the same lines thousands of times
async def test_a_thread_too_long_to_read_is_no_proof_of_absence(
    server: VkServer, vk: Vk, spot: Spot
) -> None:
    for number in range(3_100):
        server.comment(spot.post, f"Ещё {number}")

    with pytest.raises(NetworkError, match="more than 30 pages") as caught:
        await find(vk, spot, TEXT, group=GROUP, since=server.now)

    assert caught.value.kind is ErrorKind.HUMAN


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (14, ErrorKind.HUMAN),
        (9, ErrorKind.WAIT),
        (213, ErrorKind.SKIP_ITEM),
        (222, ErrorKind.HUMAN),
        (223, ErrorKind.WAIT),
    ],
)
async def test_a_refusal_tells_its_code(
    server: VkServer, vk: Vk, spot: Spot, code: int, kind: ErrorKind
) -> None:
    server.faults = [("wall.createComment", code)]

    with pytest.raises(NetworkError) as caught:
        await _send(vk, spot)

    assert (caught.value.kind, caught.value.code) == (kind, f"vk:{code}")
    assert TEXT not in [one.text for one in server.items.values()]


async def test_an_answer_without_a_number_is_unknown(
    server: VkServer, vk: Vk, spot: Spot
) -> None:
    server._wall_createcomment = lambda _form: {}  # type: ignore[method-assign]

    with pytest.raises(NetworkError, match="which comment") as caught:
        await _send(vk, spot)

    assert caught.value.code is None
