"""The fake VK: tokens, rates, errors on demand, broken answers."""

from typing import Any

import httpx
import pytest

from infra.sandbox.networks.vk.errors import MESSAGES
from tests import vk_schema
from tests.infra.sandbox.fakes.vk import (
    ERROR,
    GROUP,
    NUMBER,
    OTHER_GROUP,
    OWNER,
    SERVICE,
    USER,
    Vk,
    running_vk,
)

TIME = "utils.getServerTime"


async def counters(vk: Vk) -> dict[str, Any]:
    answer = await vk.http.get("/control/counters")
    counted: dict[str, Any] = answer.json()["vk"]
    return counted


@pytest.mark.parametrize(("token", "rate"), [(SERVICE, 3), (USER, 3), (GROUP, 20)])
async def test_token_has_so_many_calls_a_second(token: str, rate: int) -> None:
    async with running_vk() as vk:
        answers = [await vk.raw(TIME, token=token) for _ in range(rate + 1)]
        other = await vk.raw(TIME, token=OTHER_GROUP)
        vk.wall.pass_by(seconds=1)
        later = await vk.raw(TIME, token=token)
        counted = await counters(vk)

    assert [one.status_code for one in answers] == [200] * (rate + 1)
    assert ["response" in one.json() for one in answers] == [True] * rate + [False]
    assert answers[-1].json()["error"] == {
        "inner_type": "base_error",
        "error_code": 6,
        "error_msg": "Too many requests per second",
        "request_params": [
            {"key": "method", "value": TIME},
            {"key": "oauth", "value": "1"},
            {"key": "v", "value": "5.199"},
        ],
    }
    assert "response" in other.json()
    assert "response" in later.json()
    assert (counted["over_limit"], counted["tokens"][token]["over_limit"]) == (1, 1)


@pytest.mark.parametrize("code", [9, 14, 29, 10, 1])
async def test_limit_codes_come_on_demand_for_one_method(code: int) -> None:
    async with running_vk() as vk:
        await vk.order("vk/faults", mode="limit", route="wall.get", code=code, times=2)

        other = await vk.ask(TIME)
        codes = [await vk.code("wall.get", owner_id=OWNER) for _ in range(2)]
        body = await vk.body("wall.get", owner_id=OWNER)

    assert isinstance(other, int)
    assert codes == [code, code]
    assert "response" in body


async def test_captcha_brings_its_picture() -> None:
    async with running_vk() as vk:
        await vk.order("vk/faults", mode="limit", code=14)

        error = (await vk.body("wall.get", owner_id=OWNER))["error"]

    assert (error["captcha_sid"], error["error_msg"]) == (
        "200000000001",
        "Captcha needed",
    )
    assert error["captcha_img"].startswith("https://captcha.invalid/")


async def test_limit_without_a_code_is_the_limit_of_a_second() -> None:
    async with running_vk() as vk:
        await vk.order("vk/faults", mode="limit")

        assert await vk.code(TIME) == 6


async def test_bad_gateway_is_a_page_of_html() -> None:
    async with running_vk() as vk:
        await vk.order("vk/faults", mode="status", status=502, route="wall.get")

        broken = await vk.raw("wall.get", owner_id=OWNER)

    assert (broken.status_code, broken.headers["Content-Type"]) == (
        502,
        "text/html; charset=utf-8",
    )


async def test_cut_json_is_no_json() -> None:
    async with running_vk() as vk:
        await vk.order("vk/faults", mode="cut", route="wall.get")

        cut = await vk.raw("wall.get", owner_id=OWNER)

    assert cut.status_code == 200
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        cut.json()


@pytest.mark.parametrize("mode", ["hang", "reset"])
async def test_silence_ends_without_an_answer(mode: str) -> None:
    async with running_vk() as vk:
        await vk.order("vk/faults", mode=mode, route="wall.get", seconds=0.02)

        with pytest.raises(httpx.RemoteProtocolError):
            await vk.raw("wall.get", owner_id=OWNER)


async def test_skewed_clock_shows_in_the_header_the_time_and_the_dates() -> None:
    async with running_vk() as vk:
        post = vk.post()
        name = f"{OWNER}_{post.id}"
        await vk.order("vk/faults", mode="skew", seconds=600, times=2)

        skewed = await vk.raw(TIME)
        ahead = (await vk.ask("wall.getById", posts=name))["items"][0]["date"]
        straight = (await vk.ask("wall.getById", posts=name))["items"][0]["date"]

    assert skewed.json()["response"] - straight == 600
    assert skewed.headers["Date"] == "Thu, 20 Nov 2025 09:10:00 GMT"
    assert ahead - straight == 600


@pytest.mark.parametrize(
    ("method", "token", "code"),
    [
        ("wall.get", GROUP, 27),
        ("newsfeed.search", GROUP, 27),
        ("wall.getComments", GROUP, 27),
        ("wall.createComment", SERVICE, 28),
        ("groups.getLongPollServer", SERVICE, 28),
        ("execute", SERVICE, 28),
        ("stats.get", SERVICE, 28),
        ("stats.get", GROUP, 27),
        ("wall.getComment", SERVICE, 28),
        ("wall.nothing", SERVICE, 3),
        ("Wall.Get", SERVICE, 3),
    ],
)
async def test_methods_take_their_kinds_of_token_only(
    method: str, token: str, code: int
) -> None:
    async with running_vk() as vk:
        assert await vk.code(method, token=token, owner_id=OWNER, q="яма") == code


async def test_wrong_kind_of_token_does_not_kill_it() -> None:
    async with running_vk() as vk:
        await vk.code("wall.get", token=GROUP, owner_id=OWNER)
        await vk.ask(TIME, token=GROUP)
        counted = await counters(vk)

    assert counted["after_fatal"] == 0


@pytest.mark.parametrize(("token", "code"), [(SERVICE, 28), (GROUP, 27), (USER, 5)])
async def test_revoked_token_is_refused_and_calls_with_it_are_counted(
    token: str, code: int
) -> None:
    async with running_vk() as vk:
        await vk.order("vk/tokens/revoke", token=token)
        codes = [await vk.code(TIME, token=token) for _ in range(3)]
        counted = await counters(vk)
        await vk.order("vk/tokens/revoke", token=token, is_revoked=False)

        time = await vk.ask(TIME, token=token)

    assert codes == [code] * 3
    assert counted["after_fatal"] == 2
    assert isinstance(time, int)


async def test_user_token_dies_after_an_hour_and_is_refreshed_once() -> None:
    async with running_vk() as vk:
        refreshing = {
            "grant_type": "refresh_token",
            "refresh_token": f"vk-refresh-{NUMBER}",
        }
        alive = await vk.ask(TIME, token=USER)
        await vk.order("time", seconds=3600)
        expired = await vk.body(TIME, token=USER)
        made = (await vk.http.post("/vk/oauth2/auth", data=refreshing)).json()
        again = await vk.http.post("/vk/oauth2/auth", data=refreshing)
        wrong = await vk.http.post("/vk/oauth2/auth", data={"grant_type": "x"})

        time = await vk.ask(TIME, token=made["access_token"])
        service = await vk.ask(TIME)

    assert expired["error"]["error_code"] == 5
    assert expired["error"]["error_msg"] == (
        "User authorization failed: access_token has expired."
    )
    assert (made["expires_in"], again.status_code, wrong.status_code) == (
        3600,
        400,
        400,
    )
    assert alive < time < service


async def test_unknown_or_missing_token_is_refused() -> None:
    async with running_vk() as vk:
        codes = [await vk.code(TIME, token=token) for token in ("guess", None)]

    assert codes == [5, 5]


async def test_token_may_stand_in_the_header() -> None:
    async with running_vk() as vk:
        answer = await vk.http.get(
            f"/vk/method/{TIME}",
            params={"v": "5.199"},
            headers={"Authorization": f"Bearer {SERVICE}"},
        )

    assert isinstance(answer.json()["response"], int)


async def test_json_bodies_say_nothing_to_it() -> None:
    async with running_vk() as vk:
        answer = await vk.http.post(
            f"/vk/method/{TIME}", json={"v": "5.199", "access_token": SERVICE}
        )

    assert answer.json()["error"]["error_code"] == 5


async def test_version_must_be_named() -> None:
    async with running_vk() as vk:
        answer = await vk.http.post(
            f"/vk/method/{TIME}", data={"access_token": SERVICE}
        )

    assert answer.json()["error"]["error_code"] == 8


async def test_secrets_are_not_told_back() -> None:
    async with running_vk() as vk:
        error = (await vk.body("wall.get", token=GROUP, secret_key="s", owner_id=1))[
            "error"
        ]

    told = {one["key"] for one in error["request_params"]}
    assert told == {"method", "oauth", "v", "owner_id"}


@pytest.mark.parametrize("code", sorted(MESSAGES))
async def test_every_error_is_one_the_schema_knows(code: int) -> None:
    async with running_vk() as vk:
        await vk.order("vk/faults", mode="limit", code=code)

        error = (await vk.body("wall.get"))["error"]

    assert error["error_code"] == code
    assert vk_schema.problems(error, ERROR) == []
