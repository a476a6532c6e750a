"""Calls of Graph: which token, how it is proved, what is done about a refusal."""

import hmac
import json
from datetime import timedelta
from typing import Any

import httpx
import pytest

from shared.networks.access import Access, Token
from shared.networks.budget import LocalBudget
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.meta import Graph
from shared.networks.meta.edges import Page
from tests.factories import NOW

TOKEN = Token("t1", "page", {"token": "EAAB-1", "page": "1000001"})
OTHER = Token("t2", "page", {"token": "EAAB-2", "page": "1000002"})
APP = Token("t3", "app", {"app_secret": "s", "verify_token": "v"})


class Meta:
    """Answers every call with one answer, and remembers the calls."""

    def __init__(self, body: object = None, status: int = 200, **headers: str) -> None:
        self.body = {"id": "1"} if body is None else body
        self.status = status
        self.headers = headers
        self.calls: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request)
        content = json.dumps(self.body).encode()
        return httpx.Response(
            self.status, stream=httpx.ByteStream(content), headers=self.headers
        )


def graph(
    meta: Meta,
    *tokens: Token,
    about: str = "",
    **options: Any,  # noqa: ANN401 -- JSON
) -> Graph:
    async def sleep(_: float) -> None: ...

    access = Access(
        http=httpx.AsyncClient(transport=httpx.MockTransport(meta)),
        budget=LocalBudget(lambda: NOW, sleep),
        clock=lambda: NOW,
        tokens=tokens or (TOKEN,),
        options=options,
    )
    return Graph(access, "facebook", about=about)


def refused(code: int, **more: object) -> Meta:
    return Meta({"error": {"code": code, "message": "No", **more}}, 400)


async def test_token_travels_in_a_header_and_the_version_is_pinned() -> None:
    meta = Meta()

    await graph(meta).get("1000001/feed", fields="id", limit=5, after=None)

    (request,) = meta.calls
    assert str(request.url) == (
        "https://graph.facebook.com/v25.0/1000001/feed?fields=id&limit=5"
    )
    assert request.headers["Authorization"] == "Bearer EAAB-1"


@pytest.mark.parametrize(
    ("wanted", "version"),
    [("v26.0", "v26.0"), ("latest", "v25.0"), ("v26.0/../x", "v25.0")],
)
async def test_operator_may_choose_another_version(wanted: str, version: str) -> None:
    meta = Meta()

    await graph(meta, version=wanted).get("me")

    assert meta.calls[0].url.path == f"/{version}/me"


async def test_app_that_demands_it_gets_a_proof() -> None:
    token = Token("t", "page", {"token": "EAAB", "app_secret": "hush"})
    meta = Meta()

    await graph(meta, token).get("me")

    proof = hmac.new(b"hush", b"EAAB", "sha256").hexdigest()
    assert meta.calls[0].url.params["appsecret_proof"] == proof


async def test_writing_is_a_form() -> None:
    meta = Meta()

    await graph(meta).post("1_2/comments", message="Готово", silent=True)

    assert meta.calls[0].method == "POST"
    form = httpx.QueryParams(meta.calls[0].content.decode())
    assert dict(form) == {"message": "Готово", "silent": "true"}


async def test_token_of_the_page_is_preferred() -> None:
    meta = Meta()

    for about in ("1000002", "1000001", "1000009", ""):
        await graph(meta, APP, TOKEN, OTHER, about=about).get("me")

    used = [each.headers["Authorization"].rpartition("-")[2] for each in meta.calls]
    assert used == ["2", "1", "1", "1"]


async def test_without_a_token_nothing_is_asked() -> None:
    meta = Meta()

    with pytest.raises(NetworkError, match="needs a page token") as caught:
        await graph(meta, APP).get("me")

    assert (caught.value.kind, meta.calls) == (ErrorKind.DISABLE, [])


async def test_page_of_an_edge_is_read() -> None:
    meta = Meta({"data": [1, 2]})

    assert await graph(meta).page("1/feed", after=None) == Page((1, 2))


@pytest.mark.parametrize("body", [{"id": "1"}, {"data": None}])
async def test_edge_without_data_is_tried_again(body: object) -> None:
    with pytest.raises(NetworkError, match="has no data") as caught:
        await graph(Meta(body)).page("1/feed", after=None)

    assert caught.value.kind is ErrorKind.RETRY


@pytest.mark.parametrize(("body", "status"), [([], 200), ({}, 404), ("x", 200)])
async def test_what_is_no_answer_of_graph_is_tried_again(
    body: object, status: int
) -> None:
    with pytest.raises(NetworkError, match=f"Meta answered {status}") as caught:
        await graph(Meta(body, status)).get("me")

    assert caught.value.kind is ErrorKind.RETRY


async def test_dead_token_is_stopped_for_all() -> None:
    meta = refused(190, error_subcode=463)
    one = graph(meta)

    for _ in range(2):
        with pytest.raises(NetworkError) as caught:
            await one.get("me")
        assert caught.value.kind is ErrorKind.REAUTH

    assert len(meta.calls) == 1


async def test_refusal_names_the_token_it_is_about() -> None:
    with pytest.raises(NetworkError) as caught:
        await graph(refused(190), TOKEN, OTHER, about="1000002").get("me")

    assert caught.value.token == "t2"
    assert "EAAB" not in str(caught.value)


@pytest.mark.parametrize("code", [4, 17, 32, 613, 80_001])
async def test_limit_lets_the_token_rest(code: int) -> None:
    meta = refused(code)
    one = graph(meta)

    for _ in range(2):
        with pytest.raises(NetworkError) as caught:
            await one.get("me")
        assert caught.value.kind is ErrorKind.WAIT

    assert len(meta.calls) == 1


async def test_full_allowance_of_a_success_lets_the_token_rest() -> None:
    usage = {"1": [{"call_count": 90, "estimated_time_to_regain_access": 0}]}
    meta = Meta(**{"X-Business-Use-Case-Usage": json.dumps(usage)})
    one = graph(meta)

    told = await one.get("me")
    with pytest.raises(NetworkError) as caught:
        await one.get("me")

    assert (told, caught.value.retry_after) == ({"id": "1"}, timedelta(minutes=33))


async def test_hashtags_that_are_spent_stop_nothing_else() -> None:
    meta = refused(18)
    one = graph(meta)

    for _ in range(2):
        with pytest.raises(NetworkError):
            await one.get("ig_hashtag_search", q="ямы")

    assert len(meta.calls) == 2


@pytest.mark.parametrize(("wanted", "rate"), [(0, 1), (7, 7), (99, 20)])
async def test_pace_is_the_operators_within_reason(wanted: int, rate: int) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    one = graph(Meta(), per_second=wanted)
    one.access.budget._sleep = sleep  # type: ignore[attr-defined]
    for _ in range(2):
        await one.get("me")

    assert waits == [pytest.approx(1.1 / rate, abs=1e-5)]
