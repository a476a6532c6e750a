"""Calls of Graph: the right token, below its allowance, failures classed."""

import hmac
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, TypeAlias

import httpx

from shared.networks.access import Access, Token
from shared.networks.budget import Rate
from shared.networks.calls import Answer, call
from shared.networks.failures import NO_TOKEN, ErrorKind, NetworkError
from shared.networks.meta.edges import Page, page_of
from shared.networks.meta.errors import refusal
from shared.networks.meta.usage import usage_of

BASE: Final = "https://graph.facebook.com"
VERSION: Final = "v25.0"
"""Meta keeps a version for about two years; `version` of the options is another."""

USUAL_RATE: Final = 5
HIGHEST_RATE: Final = 20
"""Calls a second; Graph counts by the day, so that these are manners, no limit."""

PAGE_TOKEN: Final = "page"  # noqa: S105 -- its name
APP: Final = "app"

_VERSION: Final = re.compile(r"v\d{1,3}\.\d{1,2}")

Value: TypeAlias = str | int | bool | None


class Graph:
    """Graph as one place needs it; make one for each poll.

    `network` is whose error codes these are, `about` the page or account: it chooses
    among tokens of several. `skew` is how far Meta's clock was ahead of ours at the
    last call, None before the first.
    """

    def __init__(self, access: Access, network: str, *, about: str = "") -> None:
        self._access = access
        self._network = network
        self._about = about
        self.skew: timedelta | None = None

    @property
    def access(self) -> Access:
        return self._access

    @property
    def token(self) -> Token | None:
        """The token of this page or account, else the first of all."""
        fitting = [each for each in self._access.tokens if each.kind == PAGE_TOKEN]
        own = [each for each in fitting if self._about in each.secrets.values()]
        found = [*(own if self._about else ()), *fitting]
        return found[0] if found else None

    async def get(self, path: str, **params: Value) -> Mapping[str, Any]:
        """Read an object, or an edge; raises `NetworkError`."""
        return await self._call("GET", path, params)

    async def post(self, path: str, **params: Value) -> Mapping[str, Any]:
        """Write something; raises `NetworkError`."""
        return await self._call("POST", path, params)

    async def page(self, path: str, *, after: str | None, **params: Value) -> Page:
        """Read one page of an edge; raises `NetworkError`."""
        answer = await self.get(path, **params, after=after)
        page = page_of(answer, after)
        if page is None:
            raise NetworkError(f"Meta's answer to {path} has no data")
        return page

    async def _call(
        self, method: str, path: str, params: Mapping[str, Value]
    ) -> Mapping[str, Any]:
        token = self.token
        if token is None:
            raise NetworkError(
                f"{path} needs a {PAGE_TOKEN} token", ErrorKind.DISABLE, code=NO_TOKEN
            )
        access = self._access
        await access.budget.take(token.id, self._rate)
        request = self._request(method, path, params, token)
        answer = await call(access.http, request, now=access.clock())
        self.skew = answer.skew if answer.skew is not None else self.skew
        return await self._read(answer, path, token)

    @property
    def _rate(self) -> Rate:
        wanted = int(self._access.options.get("per_second", USUAL_RATE))
        return Rate(min(max(wanted, 1), HIGHEST_RATE))

    def _request(
        self, method: str, path: str, params: Mapping[str, Value], token: Token
    ) -> httpx.Request:
        base = (self._access.base or BASE).rstrip("/")
        sent = {**written(params), **_proof(token)}
        return self._access.http.build_request(
            method,
            f"{base}/{self._version}/{path}",
            params=sent if method == "GET" else None,
            data=sent if method == "POST" else None,
            headers={"Authorization": f"Bearer {token.secrets['token']}"},
        )

    @property
    def _version(self) -> str:
        wanted = str(self._access.options.get("version", VERSION))
        return wanted if _VERSION.fullmatch(wanted) else VERSION

    async def _read(self, answer: Answer, path: str, token: Token) -> Mapping[str, Any]:
        """Give the body of a success; keep others with this token from a refusal."""
        usage, budget = usage_of(answer.headers), self._access.budget
        data, now = answer.data, self._access.clock()
        if usage.rest is not None:
            await budget.park(token.id, now + usage.rest)
        if isinstance(data, dict) and isinstance(data.get("error"), dict):
            error = refusal(self._network, path, data["error"], usage.regain)
            error.token = token.id
            if error.kind is ErrorKind.REAUTH:
                await budget.stop(token.id)
            if error.retry_after is not None:
                await budget.park(token.id, now + error.retry_after)
            raise error
        if not isinstance(data, dict) or not httpx.codes.is_success(answer.status):
            raise NetworkError(f"Meta answered {answer.status} to {path}")
        return data


def _proof(token: Token) -> dict[str, str]:
    """Prove that the app itself calls, which apps may demand."""
    secret = token.secrets.get("app_secret")
    if not secret:
        return {}
    value = token.secrets["token"].encode()
    return {
        "appsecret_proof": hmac.new(secret.encode(), value, "sha256").hexdigest(),
    }


def written(params: Mapping[str, Value]) -> dict[str, str]:
    """Write parameters as Graph has them; those that are None are left out."""
    return {name: _form(value) for name, value in params.items() if value is not None}


def _form(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
