"""Tokens and answers of TikTok that are no good."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from infra.sandbox.networks.tiktok.api import COMMENTS, TOKEN, VIDEOS
from services.ingest.sources.base import ErrorKind, SourceError
from services.ingest.sources.connector import Token
from services.ingest.sources.tiktok.watch import TikTokSource
from shared.networks.tiktok import AccessTokens
from tests.services.ingest.sources.polls import read_all, refused
from tests.services.ingest.sources.tiktok.polls import poller
from tests.services.ingest.sources.tiktok.world import (
    SECRETS,
    TAG,
    WIDE,
    TikTokServer,
)


async def test_failure_after_the_first_call_is_a_note() -> None:
    tiktok = TikTokServer()
    for number in range(3):
        tiktok.comment(tiktok.publish(f"Ролик {number}"), "Почему?")
    one = poller(tiktok)
    tiktok.fail(500, route=COMMENTS)

    more = await one.poll(tiktok.now)
    await read_all(tiktok, one)

    assert (more, len(one.notes), len(one.archive.standing)) == (False, 1, 6)


# Access tokens


async def test_one_access_token_is_good_for_two_hours_and_many_polls() -> None:
    tiktok = TikTokServer()
    tokens = AccessTokens()
    for minutes in (0, 30, 60):
        await read_all(tiktok, poller(tiktok, TAG, tokens), minutes=minutes)
    before = len(tiktok.called(TOKEN))

    await read_all(tiktok, poller(tiktok, TAG, tokens), minutes=29)

    assert (before, len(tiktok.called(TOKEN))) == (1, 2)
    assert tiktok.report()["after_fatal"] == 0


async def test_an_access_token_that_was_revoked_is_renewed_at_once() -> None:
    tiktok = TikTokServer()
    tokens = AccessTokens()
    await read_all(tiktok, poller(tiktok, TAG, tokens))
    tiktok.network.tokens.revoke("clt.sandbox-1")

    await read_all(tiktok, poller(tiktok, TAG, tokens))

    assert len(tiktok.called(TOKEN)) == 2
    assert tiktok.report()["after_fatal"] == 0


async def test_a_client_that_is_refused_is_not_used_again() -> None:
    tiktok = TikTokServer()
    wrong = Token("token-client", "client", {**SECRETS, "client_secret": "guess"})
    source = TikTokSource(TAG, tiktok.access(wrong), AccessTokens())
    kinds = []
    for _ in range(3):
        with pytest.raises(SourceError) as caught:
            await source.fetch({}, now=tiktok.now)
        kinds.append((caught.value.kind, len(tiktok.calls)))

    assert kinds == [(ErrorKind.REAUTH, 1)] * 3


async def test_an_access_token_that_is_refused_twice_stops_the_client() -> None:
    tiktok = TikTokServer()
    one = poller(tiktok, TAG)
    tiktok.fail(401, times=9, route=VIDEOS)

    error = await refused(tiktok, one)
    made = len(tiktok.calls)
    await refused(tiktok, one)

    assert (error.kind, error.token) == (ErrorKind.REAUTH, "token-client")
    assert (made, len(tiktok.calls)) == (4, 4)


async def test_a_scope_that_is_missing_disables_the_source() -> None:
    tiktok = TikTokServer()
    tiktok.fail(4010, route=VIDEOS)

    assert (await refused(tiktok, poller(tiktok, TAG))).kind is ErrorKind.DISABLE


async def test_without_a_token_nothing_is_asked() -> None:
    tiktok = TikTokServer()
    access = replace(tiktok.access(), tokens=())

    with pytest.raises(SourceError, match="client token") as caught:
        await TikTokSource(TAG, access, AccessTokens()).fetch({}, now=tiktok.now)

    assert (caught.value.kind, tiktok.calls) == (ErrorKind.DISABLE, [])


@pytest.mark.parametrize("body", [[], {"data": []}, {"error": {"code": "ok"}}])
async def test_an_answer_without_data_is_tried_again(body: object) -> None:
    tiktok = TikTokServer()
    tiktok.says.append(httpx.Response(200, json=body))

    assert (await refused(tiktok, poller(tiktok, TAG))).kind is ErrorKind.RETRY


async def test_an_access_token_that_is_none_is_tried_again() -> None:
    tiktok = TikTokServer()
    tiktok.server.grant = lambda *_: ""  # type: ignore[method-assign]

    assert (await refused(tiktok, poller(tiktok, TAG))).kind is ErrorKind.RETRY


async def test_a_clock_that_differs_is_noted() -> None:
    tiktok = TikTokServer()
    tiktok.skew = timedelta(minutes=10)
    one = poller(tiktok, TAG)

    await one.poll(tiktok.now)

    assert one.notes == ["the network's clock and ours differ by 600 s"]


async def test_times_of_the_far_future_are_refused_and_nothing_else() -> None:
    tiktok = TikTokServer()
    tiktok.publish("Рядом #ямы")
    tiktok.publish("Далеко #ямы", create_time=2_240_000_000)
    one = poller(tiktok, TAG, **WIDE)

    await read_all(tiktok, one)

    assert list(one.archive.standing.values()) == ["Рядом #ямы"]
    assert len(one.refused) == 1
