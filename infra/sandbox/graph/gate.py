"""Before a call is served: the version, the token, the allowance."""

import hmac
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from infra.sandbox.graph.call import APP_SECRET, Call, Server
from infra.sandbox.graph.errors import GONE, GraphError
from infra.sandbox.graph.usage import HEADER
from infra.sandbox.stage.plans import Fault
from infra.sandbox.stage.tokens import Token, TokenState

_VERSION: Final = re.compile(r"v(\d{1,3})\.\d")
_OLDEST: Final = 22
_SUBCODES: Final = {TokenState.EXPIRED: 463, TokenState.REVOKED: 460}
_USUAL_SUBCODES: Final = {100: GONE, 190: _SUBCODES[TokenState.EXPIRED]}
_ENDS: Final = {
    TokenState.EXPIRED: ": Session has expired",
    TokenState.REVOKED: ": The session has been invalidated",
    TokenState.UNKNOWN: ": The access token could not be decrypted",
}

Handle = Callable[[Call, str, str], Awaitable[dict[str, Any]]]
"""Serves a call: what was asked for, and the method."""


@dataclass(frozen=True)
class Gate:
    """Answers requests, or refuses them with Graph's errors."""

    server: Server
    handle: Handle
    limit_code: int

    async def answer(self, request: Request, version: str, path: str) -> Response:
        params = await _params(request)
        value = _token_in(request, params)
        headers: Mapping[str, str] = {}
        try:
            _check_version(version)
            token = self._admitted(value, params)
            headers = self._counted(token)
            address = str(request.url.include_query_params(access_token=value))
            call = Call(self.server, params, token, _without_after(address))
            body = await self.handle(call, path, request.method)
        except GraphError as error:
            return _json(
                error.body(), error.status, {**headers, **self._full(error, value)}
            )
        return _json(body, 200, headers)

    def _admitted(self, value: str, params: Mapping[str, str]) -> Token:
        network = self.server.network
        network.meter.admit(value or "none", network.clock())
        state = network.tokens.state(value, network.clock())
        token = network.tokens.find(value)
        if token is None or state is not TokenState.VALID:
            network.meter.died(value or "none")
            detail = f"Error validating access token{_ENDS[state]}"
            raise GraphError(190, detail, subcode=_SUBCODES.get(state))
        if "appsecret_proof" in params and not _is_proof(
            params["appsecret_proof"], value
        ):
            raise GraphError(
                100, "Invalid appsecret_proof provided in the API argument"
            )
        return token

    def _counted(self, token: Token) -> Mapping[str, str]:
        network, usage = self.server.network, self.server.usage
        account = token.owner or token.kind
        if not usage.count(account, network.clock()):
            network.meter.over_limit(token.value)
            raise GraphError(self.limit_code)
        return usage.header(account, network.clock())

    def _full(self, error: GraphError, value: str) -> Mapping[str, str]:
        token = self.server.network.tokens.find(value)
        if token is None or error.code != self.limit_code:
            return {}
        now = self.server.network.clock()
        return self.server.usage.header(token.owner or token.kind, now)


def limited(fault: Fault, usual: int) -> Response:
    """Refuse with a code; `retry_after` is told in minutes, as Graph tells it."""
    error = GraphError(usual if fault.code is None else fault.code)
    error.subcode = _USUAL_SUBCODES.get(error.code)
    minutes = -(-(fault.retry_after or 0) // 60)
    told = {"call_count": 100, "estimated_time_to_regain_access": minutes}
    is_told = fault.retry_after is not None
    headers = {HEADER: json.dumps({"0": [told]})} if is_told else {}
    return _json(error.body(), error.status, headers)


async def route_of(request: Request) -> str:
    """Call a request by its path below the version: `<id>/feed`, `<id>`."""
    return request.url.path.strip("/").split("/", 2)[-1]


async def _params(request: Request) -> dict[str, str]:
    form = await request.form() if request.method == "POST" else {}
    fields = {name: str(value) for name, value in form.items()}
    return {**request.query_params, **fields}


def _token_in(request: Request, params: Mapping[str, str]) -> str:
    bearer = request.headers.get("Authorization", "")
    return bearer.removeprefix("Bearer ") or params.get("access_token", "")


def _is_proof(given: str, value: str) -> bool:
    digest = hmac.new(APP_SECRET.encode(), value.encode(), "sha256").hexdigest()
    return hmac.compare_digest(given, digest)


def _check_version(version: str) -> None:
    found = _VERSION.fullmatch(version)
    if found is None or int(found[1]) < _OLDEST:
        raise GraphError(2635, "(#2635) You are calling a deprecated version")


def _without_after(address: str) -> str:
    return re.sub(r"[?&]after=[^&]*", "", address)


def _json(body: Any, status: int, headers: Mapping[str, str]) -> Response:  # noqa: ANN401 -- any JSON
    text = json.dumps(body, ensure_ascii=False)
    return Response(
        text, status, dict(headers), media_type="application/json; charset=UTF-8"
    )
