"""Calls of VK use the right token, stay below its limit, and class what goes wrong."""

from datetime import timedelta

import httpx
import pytest

from services.ingest.sources.connector import Token
from shared.networks.access import Access, Exchange
from shared.networks.budget import Rate
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.vk import Vk
from shared.networks.vk.batch import many, most_at_once
from tests.services.ingest.sources.vk.server import OWNER, VkServer

SERVICE = Token("s", "service", {"token": "service-1"})
OURS = Token("c", "community", {"token": "community-1", "group": str(-OWNER)})
OTHER = Token("o", "community", {"token": "community-2", "group": "77"})
USER = Token(
    "u",
    "user",
    {
        "token": "user-1",
        "refresh": "refresh-of-user-1",
        "client_id": "51",
        "device_id": "d",
    },
)


@pytest.fixture
def server() -> VkServer:
    return VkServer()


async def _read(vk: Vk) -> object:
    return await vk.call("wall.get", owner_id=OWNER, count=1)


async def test_a_call_is_a_form_with_version_and_token(server: VkServer) -> None:
    await Vk(server.access(SERVICE)).call(
        "wall.getComments", owner_id=OWNER, post_id=server.publish("Яма"),
        comment_id=None, need_likes=True, preview_length=0,
    )  # fmt: skip

    assert server.params == [
        {
            "owner_id": str(OWNER),
            "post_id": "4001",
            "need_likes": "1",
            "preview_length": "0",
            "v": "5.199",
        }
    ]
    assert server.calls == [("wall.getComments", "service-1", server.now)]


async def test_each_method_gets_the_kind_of_token_it_takes(server: VkServer) -> None:
    vk = Vk(server.access(OTHER, USER, SERVICE, OURS), group=-OWNER)
    post = server.publish("Яма")

    await _read(vk)
    await vk.call("stats.get", group_id=-OWNER)
    await vk.call("wall.createComment", post_id=post, message="Приняли", guid="g")

    assert [(method, token) for method, token, _ in server.calls] == [
        ("wall.get", "service-1"),
        ("stats.get", "user-1"),
        ("wall.createComment", "community-1"),
    ]


async def test_without_a_fitting_token_nothing_is_called(server: VkServer) -> None:
    vk = Vk(server.access(OTHER), group=-OWNER)

    with pytest.raises(NetworkError, match="needs a community token") as caught:
        await vk.call("wall.createComment", message="Приняли")

    assert (caught.value.kind, server.calls) == (ErrorKind.DISABLE, [])
    assert caught.value.code == "otklik:no-token"
    assert (vk.can("wall.createComment"), vk.can("groups.getById")) == (False, False)


KEYS = tuple(Token(f"s{n}", "service", {"token": f"key-{n}"}) for n in range(3))


async def test_places_are_spread_over_several_keys(server: VkServer) -> None:
    access = server.access(*KEYS)
    for number in range(60):
        await _read(Vk(access, place=f"-{number}"))

    used = [token for _, token, _ in server.calls]
    assert all(used.count(f"key-{n}") > 15 for n in range(3))


async def test_a_place_is_read_with_the_key_whose_turn_comes_first(
    server: VkServer,
) -> None:
    access = server.access(*KEYS)
    await _read(Vk(access, place="-1"))
    usual = server.calls[0][1]

    await access.budget.take(usual.replace("key-", "s"), Rate(1))
    await _read(Vk(access, place="-1"))
    server.now += timedelta(seconds=3)
    await _read(Vk(access, place="-1"))

    used = [token for _, token, _ in server.calls]
    assert (used[1] == usual, used[2] == usual) == (False, True)


@pytest.mark.parametrize(
    ("token", "method", "most"),
    [(SERVICE, "wall.get", 3), (OURS, "groups.getById", 20)],
)
async def test_calls_stay_below_the_limit_of_their_token(
    server: VkServer, token: Token, method: str, most: int
) -> None:
    vk = Vk(server.access(token))

    for _ in range(50):
        await vk.call(method, owner_id=OWNER)

    assert server.most_in_a_second() <= most


async def test_the_limit_of_a_service_key_can_be_set(server: VkServer) -> None:
    vk = Vk(server.access(SERVICE, service_per_second=1))

    for _ in range(5):
        await _read(vk)

    assert server.most_in_a_second() == 1


async def test_too_fast_is_repeated_slower(server: VkServer) -> None:
    server.faults = [("wall.get", 6), ("wall.get", 6)]

    await _read(Vk(server.access(SERVICE)))

    first, second, third = (at for _, _, at in server.calls)
    assert min(second - first, third - second) >= timedelta(seconds=1)


async def test_too_fast_three_times_waits_for_the_scheduler(server: VkServer) -> None:
    server.faults = [("wall.get", 6)] * 3

    with pytest.raises(NetworkError) as caught:
        await _read(Vk(server.access(SERVICE)))

    assert (caught.value.kind, caught.value.code) == (ErrorKind.WAIT, "vk:6")


@pytest.mark.parametrize(
    ("code", "kind"),
    [(9, ErrorKind.WAIT), (29, ErrorKind.WAIT), (14, ErrorKind.HUMAN)],
)
async def test_a_method_that_is_refused_is_parked_and_no_other(
    server: VkServer, code: int, kind: ErrorKind
) -> None:
    access = server.access(SERVICE)
    server.faults = [("wall.get", code)]
    with pytest.raises(NetworkError) as caught:
        await _read(Vk(access))

    with pytest.raises(NetworkError) as parked:
        await _read(Vk(access))
    await Vk(access).call("groups.getById", group_id=-OWNER)

    assert (caught.value.kind, parked.value.kind) == (kind, ErrorKind.WAIT)
    assert [method for method, _, _ in server.calls] == ["wall.get", "groups.getById"]


async def test_a_parked_method_is_called_again_when_its_time_has_come(
    server: VkServer,
) -> None:
    access = server.access(SERVICE)
    server.faults = [("wall.get", 29)]
    with pytest.raises(NetworkError):
        await _read(Vk(access))
    server.forward(hours=4, seconds=1)

    await _read(Vk(access))

    assert len(server.calls) == 2


@pytest.mark.parametrize(
    ("code", "hours"),
    [(9, [1 / 60, 5 / 60, 15 / 60, 1, 1]), (29, [4, 12, 24, 4])],
)
async def test_who_goes_on_being_refused_waits_longer_until_midnight(
    server: VkServer, code: int, hours: list[float]
) -> None:
    server.now = server.now.replace(hour=1)
    access = server.access(SERVICE)
    waits = []
    for _ in hours:
        server.faults = [("wall.get", code)]
        with pytest.raises(NetworkError) as caught:
            await _read(Vk(access))
        assert caught.value.retry_after is not None
        waits.append(caught.value.retry_after)
        server.forward(seconds=waits[-1].total_seconds() + 1)

    assert waits == [timedelta(hours=each) for each in hours]
    assert len(server.calls) == len(hours)


async def test_a_refused_token_is_stopped_at_once(server: VkServer) -> None:
    access = server.access(SERVICE)
    server.refused_tokens.add("service-1")
    tokens: list[str | None] = []

    for _ in range(3):
        with pytest.raises(NetworkError) as caught:
            await _read(Vk(access))
        assert caught.value.kind is ErrorKind.REAUTH
        tokens.append(caught.value.token)

    assert (len(server.calls), tokens[0]) == (1, "s")


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(502, html="<h1>Bad gateway</h1>"),
        httpx.Response(200, content=b'{"response": {"items": ['),
        httpx.Response(200, json=["unexpected"]),
        httpx.Response(200, json={"neither": 1}),
        httpx.ReadError("reset"),
    ],
    ids=["html", "cut", "list", "no response", "reset"],
)
async def test_what_vk_can_not_mean_is_tried_again(
    server: VkServer, response: httpx.Response | Exception
) -> None:
    server.faults = [("wall.get", response)]

    with pytest.raises(NetworkError) as caught:
        await _read(Vk(server.access(SERVICE)))

    assert (caught.value.kind, caught.value.code) == (ErrorKind.RETRY, None)


async def test_the_difference_of_clocks_is_noticed(server: VkServer) -> None:
    server.skew = timedelta(minutes=10)
    vk = Vk(server.access(SERVICE))

    await _read(vk)

    assert vk.skew == timedelta(minutes=10)


class TestUserToken:
    """VK's user token lives for an hour; VK ID exchanges it."""

    @pytest.fixture
    def kept(self) -> list[Token]:
        return []

    @pytest.fixture
    def access(self, server: VkServer, kept: list[Token]) -> Access:
        async def keep(token: Token, exchange: Exchange) -> Token:
            kept.append(await exchange(token))
            return kept[-1]

        plain = server.access(USER)
        return Access(plain.http, plain.budget, plain.clock, plain.tokens, keep=keep)

    async def test_one_that_vk_calls_expired_is_exchanged_once(
        self, server: VkServer, access: Access, kept: list[Token]
    ) -> None:
        server.faults = [("stats.get", 5)]
        vk = Vk(access)

        await vk.call("stats.get", group_id=1)
        await vk.call("stats.get", group_id=1)

        assert [(method, token) for method, token, _ in server.calls] == [
            ("stats.get", "user-1"),
            ("oauth2/auth", "refresh-of-user-1"),
            ("stats.get", "user-2"),
            ("stats.get", "user-2"),
        ]
        assert [token.secrets["token"] for token in kept] == ["user-2"]

    async def test_one_that_is_about_to_expire_is_exchanged_before(
        self, server: VkServer, access: Access, kept: list[Token]
    ) -> None:
        vk = Vk(access)
        server.faults = [("stats.get", 1117)]
        await vk.call("stats.get", group_id=1)
        server.forward(minutes=59, seconds=30)

        await vk.call("stats.get", group_id=1)

        assert [token.secrets["token"] for token in kept] == ["user-2", "user-3"]
        assert server.calls[-1][:2] == ("stats.get", "user-3")

    async def test_one_that_vk_id_refuses_is_stopped(
        self, server: VkServer, access: Access
    ) -> None:
        server.user_token = "user-9"
        server.faults = [("stats.get", 5)]
        for _ in range(2):
            with pytest.raises(NetworkError) as caught:
                await Vk(access).call("stats.get", group_id=1)
            assert caught.value.kind is ErrorKind.REAUTH

        assert [method for method, _, _ in server.calls] == ["stats.get", "oauth2/auth"]

    async def test_one_that_can_not_be_kept_is_not_exchanged(
        self, server: VkServer
    ) -> None:
        access = server.access(USER)
        server.faults = [("stats.get", 5)]

        with pytest.raises(NetworkError) as caught:
            await Vk(access).call("stats.get", group_id=1)

        assert caught.value.kind is ErrorKind.REAUTH
        assert [method for method, _, _ in server.calls] == ["stats.get"]

    async def test_one_that_has_run_out_is_not_tried(self, server: VkServer) -> None:
        secrets = {"token": "user-1", "expires_at": server.now.isoformat()}
        access = server.access(Token("u", "user", secrets))

        with pytest.raises(NetworkError, match="has run out") as caught:
            await Vk(access).call("stats.get", group_id=1)

        assert (caught.value.kind, caught.value.token) == (ErrorKind.REAUTH, "u")
        assert (await access.budget.standing("u")).stopped
        assert server.calls == []


class TestExecute:
    """Calls are bundled where a token may, and where it was wished."""

    async def test_bundled_calls_are_one_and_their_errors_stand_in_place(
        self, server: VkServer
    ) -> None:
        vk = Vk(server.access(USER, SERVICE, OURS, execute=True))
        post = server.publish("Яма")
        calls = [
            ("wall.getComments", {"owner_id": OWNER, "post_id": each})
            for each in (post, 1, post)
        ]

        first, second, third = await many(vk, calls)

        assert [(method, token) for method, token, _ in server.calls] == [
            ("execute", "user-1")
        ]
        assert (first["count"], third["count"]) == (0, 0)
        assert isinstance(second, NetworkError)
        assert (second.kind, second.code) == (ErrorKind.SKIP_ITEM, "vk:212")

    async def test_a_service_key_bundles_nothing(self, server: VkServer) -> None:
        vk = Vk(server.access(SERVICE, execute=True))
        post = server.publish("Яма")
        calls = [
            ("wall.getComments", {"owner_id": OWNER, "post_id": each})
            for each in (post, 1)
        ]

        first, second = await many(vk, calls)

        assert (most_at_once(vk), len(server.calls)) == (1, 2)
        assert (first["count"], second.code) == (0, "vk:212")

    async def test_a_lost_connection_is_nobody_s_result(self, server: VkServer) -> None:
        vk = Vk(server.access(SERVICE))
        server.faults = [("*", httpx.ReadError("reset"))]

        with pytest.raises(NetworkError, match="reset"):
            await many(vk, [("groups.getById", {"group_id": 1})])
