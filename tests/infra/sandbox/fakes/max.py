"""A caller of the fake MAX."""

from collections.abc import Mapping
from typing import Any

import httpx

from infra.sandbox.networks.max import TOKEN
from tests.services.ingest.sources.max.sandbox import MaxServer


async def ask(
    server: MaxServer,
    path: str,
    method: str = "GET",
    *,
    token: str = TOKEN,
    body: object = None,
    **params: str | int,
) -> httpx.Response:
    """Call a method a second later, so that no rate limit is met."""
    server.forward(seconds=1)
    return await server.http.request(
        method,
        f"http://max.invalid/max/{path}",
        params=params,
        json=body,
        headers={"Authorization": token},
    )


async def told(
    server: MaxServer,
    path: str,
    **params: Any,  # noqa: ANN401 -- a query
) -> Any:  # noqa: ANN401 -- JSON
    answer = await ask(server, path, **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def polled(server: MaxServer, **params: str | int) -> dict[str, Any]:
    body: dict[str, Any] = await told(server, "updates", timeout=0, **params)
    return body


def kinds(body: Mapping[str, Any]) -> list[str]:
    return [update["update_type"] for update in body["updates"]]


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]
