"""Events reach us without a public address, and none is lost for long."""

import pytest

from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Token
from services.ingest.sources.vk.longpoll import LongPollSource
from services.ingest.sources.vk.wall import WallSource
from tests.services.ingest.sources.archive import Poller
from tests.services.ingest.sources.vk.bodies import event
from tests.services.ingest.sources.vk.server import OWNER, VkServer
from tests.services.ingest.sources.vk.test_contract import WALL

TOKENS = (
    Token("s", "service", {"token": "service-1"}),
    Token("c", "community", {"token": "community-1"}),
)


@pytest.fixture
def vk() -> VkServer:
    return VkServer()


@pytest.fixture
async def poller(vk: VkServer) -> Poller:
    """Poll a wall that has been read once."""
    vk.comment(vk.publish("Пишите здесь"), "Яма")
    access = vk.access(*TOKENS)
    source = LongPollSource(WallSource(WALL, access), OWNER, access)
    poller = Poller(source)
    await poller.poll(vk.now)
    vk.forward(minutes=1)
    vk.calls.clear()
    return poller


def _methods(vk: VkServer) -> list[str]:
    return [method for method, _, _ in vk.calls]


def _tell(vk: VkServer, kind: str, number: int) -> None:
    form = {"thread_items_count": "0"}
    content = vk._shown_comment(vk.items[number], form)
    vk.events.append(event(kind, content, f"e{len(vk.events)}"))


async def test_the_first_poll_reads_the_wall(vk: VkServer, poller: Poller) -> None:
    assert poller.archive.standing == vk.standing()


async def test_an_event_is_brought_without_reading_the_wall(
    vk: VkServer, poller: Poller
) -> None:
    number = vk.comment(4001, "Фонарь не горит")
    _tell(vk, "wall_reply_new", number)

    await poller.poll(vk.now)

    assert poller.archive.standing == vk.standing()
    assert _methods(vk) == ["groups.getLongPollServer", "a_check"]


async def test_an_event_is_brought_once(vk: VkServer, poller: Poller) -> None:
    _tell(vk, "wall_reply_new", vk.comment(4001, "Фонарь не горит"))
    await poller.poll(vk.now)

    fetched = await poller.source.fetch(poller.cursor, now=vk.now)

    assert fetched.posts == ()


async def test_an_edit_is_taken_and_read_again(vk: VkServer, poller: Poller) -> None:
    vk.edit(4002, "Яма и люк")
    _tell(vk, "wall_reply_edit", 4002)

    await poller.poll(vk.now)

    assert poller.archive.standing == vk.standing()
    assert "wall.getComments" in _methods(vk)


async def test_no_key_is_kept_in_the_cursor(vk: VkServer, poller: Poller) -> None:
    await poller.poll(vk.now)

    assert vk.poll_key not in repr(poller.cursor)
    assert "service-1" not in repr((poller.source, poller.cursor))


@pytest.mark.parametrize("answer", [{"failed": 1, "ts": 30}, {"failed": 3}])
async def test_when_events_were_lost_the_wall_is_read(
    vk: VkServer, poller: Poller, answer: dict[str, int]
) -> None:
    vk.faults = [("a_check", answer)]
    vk.comment(4001, "Об этом никто не сказал")
    vk.forward(seconds=-55)

    await poller.poll(vk.now)

    assert poller.archive.standing == vk.standing()
    assert poller.cursor["ts"] == ("30" if answer["failed"] == 1 else "1")


async def test_an_expired_key_is_renewed_and_nothing_is_lost(
    vk: VkServer, poller: Poller
) -> None:
    _tell(vk, "wall_reply_new", vk.comment(4001, "Фонарь не горит"))
    vk.faults = [("a_check", {"failed": 2})]

    await poller.poll(vk.now)

    assert poller.archive.standing == vk.standing()
    assert _methods(vk) == [
        "groups.getLongPollServer",
        "a_check",
        "groups.getLongPollServer",
        "a_check",
    ]


async def test_keys_that_never_work_are_an_error(vk: VkServer, poller: Poller) -> None:
    vk.faults = [("a_check", {"failed": 2})] * 2

    with pytest.raises(SourceError, match="does not take the key"):
        await poller.poll(vk.now)


@pytest.mark.parametrize("answer", [[], "text", 5])
async def test_events_that_can_not_be_read_are_an_error(
    vk: VkServer, poller: Poller, answer: object
) -> None:
    vk.faults = [("a_check", answer)]

    with pytest.raises(SourceError, match="can not be read") as caught:
        await poller.poll(vk.now)

    assert caught.value.kind is ErrorKind.RETRY


async def test_a_server_vk_does_not_name_is_an_error(
    vk: VkServer, poller: Poller
) -> None:
    vk._groups_getlongpollserver = lambda _form: {}  # type: ignore[method-assign]

    with pytest.raises(SourceError, match="where its events are"):
        await poller.poll(vk.now)


async def test_events_come_although_the_wall_can_not_be_read(
    vk: VkServer, poller: Poller
) -> None:
    vk.edit(4002, "Яма и люк")
    _tell(vk, "wall_reply_edit", 4002)
    vk.faults = [("wall.get", 10)]
    await poller.poll(vk.now)
    told = dict(poller.archive.standing)
    vk.forward(minutes=1)
    vk.calls.clear()

    await poller.poll(vk.now)

    assert told == vk.standing()
    assert "wall.get" in _methods(vk)


async def test_a_refused_token_is_an_error(vk: VkServer, poller: Poller) -> None:
    vk.refused_tokens.add("service-1")
    vk.forward(minutes=10)

    with pytest.raises(SourceError) as caught:
        await poller.poll(vk.now)

    assert caught.value.kind is ErrorKind.REAUTH


async def test_posts_are_watched_for_edits_all_the_same(
    vk: VkServer, poller: Poller
) -> None:
    vk.edit(4001, "Пишите сюда")
    vk.events.append(event("moon_landed", {"id": 1}))
    vk.forward(minutes=10)

    await poller.poll(vk.now)

    assert poller.archive.standing == vk.standing()
    assert poller.unknown == {"event: moon_landed": 1}
