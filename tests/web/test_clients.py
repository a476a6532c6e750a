"""Typed calls: what is sent, what is understood, how refusals arrive."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from tests.web import fake_data as data
from tests.web.fake_api import FakeApi
from web.clients import Api, ApiError
from web.clients.ingest import Upload
from web.reference import Reference, ReferenceCache
from web.shapes.base import FieldError, Problem

Handler = Callable[[httpx.Request], httpx.Response]


def speaking_to(handler: Handler) -> Api:
    transport = httpx.MockTransport(handler)
    http = httpx.AsyncClient(transport=transport, base_url="http://services.invalid")
    return Api.for_person(http, "ses_token")


@pytest.fixture
async def person(api: FakeApi) -> AsyncIterator[Api]:
    transport = httpx.ASGITransport(api.app())
    async with httpx.AsyncClient(
        transport=transport, base_url="http://services.invalid"
    ) as http:
        yield Api.for_person(http, "ses_token")


async def test_session_token_goes_as_bearer_and_empty_filters_stay_home() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"items": []})

    await speaking_to(handler).triage.candidates({"q": "", "topic": None, "limit": 5})

    assert seen[0].headers["authorization"] == "Bearer ses_token"
    assert (
        str(seen[0].url) == "http://services.invalid/api/v1/triage/candidates?limit=5"
    )


async def test_problem_details_arrive_whole() -> None:
    body = {
        "type": "urn:otklik:problem:invalid",
        "title": "Invalid",
        "status": 422,
        "detail": "Something is wrong.",
        "errors": [{"field": "topic", "message": "unknown"}],
        "extra": 1,
    }

    with pytest.raises(ApiError) as refusal:
        await speaking_to(lambda _: httpx.Response(422, json=body)).triage.candidate(
            "x"
        )

    assert refusal.value.problem == Problem(
        title="Invalid",
        status=422,
        detail="Something is wrong.",
        errors=(FieldError(field="topic", message="unknown"),),
    )


async def test_refusal_without_problem_details_keeps_its_status() -> None:
    with pytest.raises(ApiError) as refusal:
        await speaking_to(lambda _: httpx.Response(502, text="<h1>")).reports.kpi({})

    assert refusal.value.status == 502


async def test_no_answer_is_unavailable() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(ApiError) as refusal:
        await speaking_to(handler).watching.all()

    assert refusal.value.status == 503


@pytest.mark.parametrize("body", [b"", b"[]", b'{"id": 1}', b"\xff"])
async def test_answer_that_makes_no_sense_is_a_bad_gateway(body: bytes) -> None:
    with pytest.raises(ApiError) as refusal:
        await speaking_to(lambda _: httpx.Response(200, content=body)).triage.incident(
            "x"
        )

    assert refusal.value.status == 502


async def test_preview_that_makes_no_sense_is_a_bad_gateway() -> None:
    api = speaking_to(lambda _: httpx.Response(200, json={"preview": "many"}))

    with pytest.raises(ApiError) as refusal:
        await api.ingest.preview(Upload("a.csv", b"", "text/csv"), "auto")

    assert refusal.value.status == 502


async def test_ids_cannot_leave_their_place_in_the_address() -> None:
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path.decode())
        return httpx.Response(404)

    with pytest.raises(ApiError):
        await speaking_to(handler).triage.incident("../../identity/users?x=")

    assert seen == ["/api/v1/triage/incidents/..%2F..%2Fidentity%2Fusers%3Fx%3D"]


async def test_lists_come_bare_or_in_an_envelope() -> None:
    bare = speaking_to(lambda _: httpx.Response(200, json=data.TOPICS))
    wrapped = speaking_to(lambda _: httpx.Response(200, json={"items": data.TOPICS}))

    assert await bare.triage.reference("topics") == await wrapped.triage.reference(
        "topics"
    )


async def test_incident_is_opened_by_hand() -> None:
    incident = data.incidents()[0]
    api = speaking_to(lambda _: httpx.Response(201, json=incident))

    assert (await api.triage.open_incident({"title": "Нет воды"})).number == 1042


async def test_reference_lists_are_asked_for_once_a_minute(
    api: FakeApi, person: Api
) -> None:
    soon, later = data.NOW.replace(second=30), data.NOW.replace(minute=22)
    clock = iter([data.NOW, soon, later, later])
    cache = ReferenceCache(lambda: next(clock))

    for _ in range(3):
        await cache.of("zaozerye", person.triage)

    assert [path for _, path, _ in api.calls].count("/triage/topics") == 2


async def test_regions_never_share_their_lists(api: FakeApi, person: Api) -> None:
    cache = ReferenceCache(lambda: data.NOW)

    await cache.of("one", person.triage)
    await cache.of("two", person.triage)

    assert [path for _, path, _ in api.calls].count("/triage/authorities") == 2


async def test_topics_are_grouped_in_the_order_given(person: Api) -> None:
    reference = await ReferenceCache(lambda: data.NOW).of("one", person.triage)

    groups = reference.topic_groups
    assert list(groups)[:3] == ["ЖКХ", "Дороги", "Благоустройство"]
    assert [topic.code for topic in groups["Дороги"]] == ["potholes", "snow"]


def test_topics_without_a_group_stand_alone() -> None:
    assert Reference((), (), ()).topic_groups == {}
