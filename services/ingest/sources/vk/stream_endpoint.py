"""The endpoint of VK's Streaming API: where it is, and the rules it keeps."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import httpx

from services.ingest.sources.base import SourceError
from services.ingest.sources.connector import Access, Token
from services.ingest.sources.vk.stream_errors import BAD_KEY, numbered, refused
from shared.networks.budget import Rate
from shared.networks.calls import call
from shared.networks.sockets import SocketRefused
from shared.networks.vk import Vk

METHOD: Final = "streaming.getServerUrl"
_RATE: Final = Rate(3)
_ERROR: Final = 400
_FORBIDDEN: Final = 403


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host, with a path perhaps, and the key to what is said there."""

    host: str
    key: str = field(repr=False)
    is_plain: bool = False

    def address(self, scheme: str, path: str) -> str:
        """Write an address with its key: a secret."""
        secure = "" if self.is_plain else "s"
        asked = httpx.QueryParams({"key": self.key})
        return f"{scheme}{secure}://{self.host}/{path}?{asked}"


async def endpoint_of(access: Access, token: Token) -> Endpoint:
    """Ask VK where the stream is; keys are asked for anew and kept nowhere."""
    answer = await Vk(replace(access, tokens=(token,))).call(METHOD)
    told = answer if isinstance(answer, dict) else {}
    host, key = told.get("endpoint"), told.get("key")
    if not isinstance(host, str) or not isinstance(key, str) or not _is_host(host):
        raise SourceError("VK did not say where its stream is")
    # Only a stand-in of VK, named by the installation, is called without TLS.
    is_plain = (access.base or "").startswith("http:")
    return Endpoint(host.strip("/"), key, is_plain)


def _is_host(told: str) -> bool:
    try:
        url = httpx.URL(f"https://{told}")
    except httpx.InvalidURL:
        return False
    return bool(url.host) and not url.userinfo and not url.query and not url.fragment


class Rules:
    """The rules of a key, by their tags; each change is one call."""

    def __init__(self, endpoint: Endpoint, access: Access, token: Token) -> None:
        self._address = endpoint.address("http", "rules/")
        self._access = access
        self._token = token

    async def all(self) -> dict[str, str]:
        """Give the words of each tag, those of other programs too."""
        answer = await self._ask("GET")
        listed = answer.get("rules")
        rules = listed if isinstance(listed, list) else []  # none is null
        return {
            str(each["tag"]): str(each["value"])
            for each in rules
            if isinstance(each, dict) and {"tag", "value"} <= set(each)
        }

    async def add(self, tag: str, words: str) -> None:
        await self._ask("POST", {"rule": {"value": words, "tag": tag}})

    async def remove(self, tag: str) -> None:
        await self._ask("DELETE", {"tag": tag})

    async def _ask(
        self, method: str, body: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        access = self._access
        await access.budget.take(f"{self._token.id}/streaming.rules", _RATE)
        request = access.http.build_request(method, self._address, json=body)
        answer = await call(access.http, request, now=access.clock())
        if not isinstance(answer.data, dict):
            raise SourceError("VK's answer about the rules of its stream has no form")
        if answer.data.get("code") == _ERROR:
            raise refused(answer.data.get("error"))
        return answer.data


def why_closed(refusal: SocketRefused) -> SourceError:
    """Read VK's reason for not opening a stream."""
    try:
        told = json.loads(refusal.body)
    except (ValueError, RecursionError):
        told = None
    if isinstance(told, dict) and told.get("code") == _ERROR:
        return refused(told.get("error"))
    if refusal.status == _FORBIDDEN:
        return numbered(BAD_KEY, "the key is not taken")
    return refusal
