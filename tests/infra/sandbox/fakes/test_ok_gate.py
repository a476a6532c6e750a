"""The fake OK: signatures, sessions, rates, errors on demand."""

import httpx
import pytest

from infra.sandbox.networks.ok.errors import MESSAGES
from tests.infra.sandbox.fakes.ok import (
    ADMIN,
    GROUP,
    PAGE,
    READER,
    running_ok,
    signed,
)

INFO = "group.getInfo"


async def test_signature_must_be_exact() -> None:
    async with running_ok() as ok:
        good = signed(INFO, READER, uids=GROUP, note="Ямы и люки")
        wrong = [
            {**good, "sig": good["sig"].upper()},
            {**good, "note": "Ямы и люк"},
            {**good, "extra": "1"},
            {**good, "access_token": ADMIN},
            {name: each for name, each in good.items() if name != "sig"},
        ]
        answers = [await ok.http.post("/ok/fb.do", data=each) for each in wrong]
        taken = await ok.http.post("/ok/fb.do", data=good)

    assert [each.json() for each in answers] == [
        {
            "error_code": 104,
            "error_msg": "PARAM_SIGNATURE : Invalid signature",
            "error_data": None,
        }
    ] * len(wrong)
    assert taken.json()[0]["uid"] == GROUP


async def test_application_must_be_known() -> None:
    async with running_ok() as ok:
        call = {**signed(INFO, READER, uids=GROUP), "application_key": "C"}
        answer = await ok.http.post("/ok/fb.do", data=call)

    assert answer.json()["error_code"] == 101


async def test_query_and_path_say_the_same_as_a_form() -> None:
    async with running_ok() as ok:
        call = signed(INFO, READER, uids=GROUP)
        by_query = await ok.http.get("/ok/fb.do", params=call)
        by_path = await ok.http.get("/ok/api/group/getInfo", params=call)

    assert by_query.json() == by_path.json()
    assert by_query.json()[0]["name"] == "Лугининский район, наши люди"


async def test_errors_come_under_200_as_json() -> None:
    async with running_ok() as ok:
        answer = await ok.raw("group.nothing")

    assert (answer.status_code, answer.json()["error_code"]) == (200, 3)
    assert answer.headers["Content-Type"] == "application/json;charset=utf-8"


async def test_session_that_was_revoked_or_ran_out_is_102() -> None:
    async with running_ok() as ok:
        made = await ok.order("ok/tokens", kind="reader", lifetime_seconds=60)
        before = await ok.ask(INFO, token=made["token"], uids=GROUP)
        await ok.order("time", seconds=61)
        await ok.order("ok/tokens/revoke", token=ADMIN)

        codes = [
            await ok.code(INFO, token=token, uids=GROUP)
            for token in (made["token"], ADMIN, "guess")
        ]
        counted = (await ok.counters())["after_fatal"]
        await ok.code(INFO, token=ADMIN, uids=GROUP)
        again = (await ok.counters())["after_fatal"]

    assert before[0]["uid"] == GROUP
    assert (codes, counted, again) == ([102, 102, 103], 0, 1)


@pytest.mark.parametrize("code", sorted(MESSAGES))
async def test_every_error_comes_on_demand(code: int) -> None:
    async with running_ok() as ok:
        await ok.order("ok/faults", mode="limit", route=INFO, code=code)

        told = await ok.ask(INFO, uids=GROUP)
        after = await ok.ask(INFO, uids=GROUP)

    assert told == {
        "error_code": code,
        "error_msg": MESSAGES[code],
        "error_data": None,
    }
    assert after[0]["uid"] == GROUP


async def test_limit_without_a_code_is_11() -> None:
    async with running_ok() as ok:
        await ok.order("ok/faults", mode="limit")

        assert await ok.code(INFO, uids=GROUP) == 11


async def test_null_comes_on_demand() -> None:
    async with running_ok() as ok:
        await ok.order("ok/faults", mode="limit", route="group.*", code=0)

        assert (await ok.raw(INFO, uids=GROUP)).text == "null"


async def test_fault_strikes_its_method_in_either_form() -> None:
    async with running_ok() as ok:
        await ok.order("ok/faults", mode="limit", route=INFO, code=2, times=2)
        other = await ok.ask("url.getInfo", url="https://ok.ru/nobody")
        call = signed(INFO, READER, uids=GROUP)
        by_path = await ok.http.get("/ok/api/group/getInfo", params=call)

        assert await ok.code(INFO, uids=GROUP) == 2

    assert (other, by_path.json()["error_code"]) == ({"type": "UNKNOWN"}, 2)


async def test_three_calls_a_second_are_let_through() -> None:
    async with running_ok() as ok:
        answers = [await ok.raw(INFO, uids=GROUP) for _ in range(4)]
        other = await ok.raw(INFO, token=ADMIN, uids=GROUP)
        counted = await ok.counters()

    codes = [
        each.json()["error_code"] if isinstance(each.json(), dict) else None
        for each in (*answers, other)
    ]
    assert codes == [None, None, None, 8, None]
    assert (counted["over_limit"], counted["tokens"][READER]["over_limit"]) == (1, 1)


async def test_methods_of_users_need_a_session() -> None:
    async with running_ok() as ok:
        codes = [
            await ok.code(method, token=None, gid=GROUP, query="x", topic_ids="1")
            for method in (
                "mediatopic.getTopics",
                "stream.get",
                "mediatopic.getByIds",
                "search.tagContents",
                "discussions.getList",
                "group.getStatTopics",
            )
        ]
        members = await ok.ask(
            "group.getCounters", token=None, group_id=GROUP, counterTypes="MEMBERS"
        )

    assert codes == [453] * 6
    assert members["counters"].keys() == {"members"}


@pytest.mark.parametrize("method", ["group.getStatTopics", "group.getStatTrends"])
async def test_statistics_are_for_administrators_of_the_group(method: str) -> None:
    async with running_ok() as ok:
        codes = [
            await ok.code(method, token=token, gid=GROUP)
            for token in (READER, "ok-admin-53000900000002")
        ]
        told = await ok.ask(method, token=ADMIN, gid=GROUP)

    assert codes == [50, 50]
    assert "error_code" not in told


async def test_group_that_is_none_or_blocked_is_refused() -> None:
    async with running_ok() as ok:
        missing = await ok.code("mediatopic.getTopics", gid="53000000000001")
        await ok.order("ok/ban-page", page=PAGE)
        blocked = await ok.code("mediatopic.getTopics", gid=GROUP)

    assert (missing, blocked) == (160, 456)


async def test_broken_line_is_broken() -> None:
    async with running_ok() as ok:
        await ok.order("ok/faults", mode="reset", route=INFO)

        with pytest.raises(httpx.RemoteProtocolError):
            await ok.raw(INFO, uids=GROUP)
