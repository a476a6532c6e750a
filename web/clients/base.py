"""One HTTP call to a service: bearer token, typed answer, one kind of failure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import ValidationError

from web.shapes.base import Problem, ShapeT

BASE = "/api/v1"
UNAVAILABLE = 503
Params = Mapping[str, str | int | bool | None]


class ApiError(Exception):
    """A service refused, or did not answer; carries its problem details."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.title}: {problem.detail}")
        self.problem = problem
        self.status = problem.status


@dataclass(frozen=True, slots=True)
class Caller:
    """The HTTP client bound to one session token."""

    http: httpx.AsyncClient
    token: str

    async def get(
        self, path: str, shape: type[ShapeT], params: Params | None = None
    ) -> ShapeT:
        """Read one answer."""
        response = await self.send("GET", path, params=_given(params))
        return parsed(response, shape)

    async def post(
        self,
        path: str,
        shape: type[ShapeT],
        body: Mapping[str, object],
        version: int | None = None,
    ) -> ShapeT:
        """Write, under the version the person saw when there is one."""
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        response = await self.send("POST", path, json=_filled(body), headers=headers)
        return parsed(response, shape)

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        **content: Any,  # noqa: ANN401 -- passed to httpx as it is
    ) -> httpx.Response:
        """Make the call; raise ApiError for anything but success."""
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        try:
            response = await self.http.request(
                method, f"{BASE}{path}", headers=sent, **content
            )
        except httpx.HTTPError as error:
            raise ApiError(
                Problem(title="No answer", status=UNAVAILABLE, detail=repr(error))
            ) from error
        if not response.is_success:
            raise ApiError(_problem(response))
        return response


def _given(params: Params | None) -> dict[str, str | int | bool]:
    return {
        name: value
        for name, value in (params or {}).items()
        if value is not None and value != ""
    }


def _filled(body: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value for name, value in body.items() if value is not None and value != ""
    }


def parsed(response: httpx.Response, shape: type[ShapeT]) -> ShapeT:
    """Read an answer; one that makes no sense is the service's failure, not ours."""
    try:
        return shape.model_validate_json(response.content)
    except ValidationError as error:
        raise ApiError(
            Problem(title="Unexpected answer", status=502, detail=str(error))
        ) from error


def _problem(response: httpx.Response) -> Problem:
    try:
        problem = Problem.model_validate_json(response.content)
    except ValidationError:
        problem = Problem(title=response.reason_phrase)
    return problem.model_copy(update={"status": response.status_code})
