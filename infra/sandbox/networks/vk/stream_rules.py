"""The Streaming API's keys and rules: what stands for whom, and what is refused."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.stage.tokens import TokenState

MOST_RULES: Final = 300
MOST_WORDS: Final = 100
MOST_BYTES: Final = 4096
MOST_TAG_BYTES: Final = 256

FORBIDDEN: Final = 403
_BAD: Final = 400
_PUT: Final = "put-stream-rule"
_REMOVE: Final = "remove-stream-rule"

MESSAGES: Final[Mapping[int, str]] = {
    1000: "Unable to upgrade to WebSocket",
    1001: "Unsupported HTTP method",
    1002: "Content-Type is absent or invalid",
    1003: "Parameter key is absent",
    1004: "Parameter key is invalid",
    1005: "Parameter stream_id is invalid",
    1006: "Such a connection has been established already",
    2000: "Invalid JSON",
    2001: "A rule with this tag has been added already",
    2002: "There is no rule with this tag",
    2003: "Invalid rule",
    2004: "Too many words in one rule",
    2005: "Unbalanced quotes",
    2006: "Too many rules in one stream",
    2008: "A rule of excluded words only",
}


class StreamRefusal(Exception):
    """A refusal in the stream's own form; it has codes of its own."""

    def __init__(self, code: int) -> None:
        super().__init__(MESSAGES.get(code, "Unknown error"))
        self.code = code

    @property
    def status(self) -> int:
        return FORBIDDEN if self.code == 1004 else _BAD  # noqa: PLR2004 -- the key's

    @property
    def body(self) -> dict[str, Any]:
        return {"code": 400, "error": {"message": str(self), "error_code": self.code}}


class StreamRules:
    """The rules of every key; VK does not forget them over a restart."""

    def __init__(self, network: NetworkContext) -> None:
        self._network = network
        self._tokens: dict[str, str] = {}
        self._rules: defaultdict[str, dict[str, str]] = defaultdict(dict)
        network.on_restart(_PUT, self._put_back)
        network.on_restart(_REMOVE, self._remove_again)

    def key_for(self, token: str) -> str:
        """Give the key of a service token; it is always the same."""
        key = hashlib.sha256(f"stream/{token}".encode()).hexdigest()[:40]
        self._tokens[key] = token
        return key

    def check(self, key: str | None) -> str:
        """Refuse a key that is absent, unknown, or of a token that is dead."""
        network = self._network
        if not key:
            raise StreamRefusal(1003)
        network.meter.admit(key, network.clock())
        token = self._tokens.get(key, "")
        if network.tokens.state(token, network.clock()) is not TokenState.VALID:
            network.meter.died(key)
            raise StreamRefusal(1004)
        return key

    def of(self, key: str) -> dict[str, str]:
        return self._rules[key]

    def add(self, key: str, rule: object) -> None:
        """Add a rule; one that stands is removed before it is changed."""
        told = rule if isinstance(rule, dict) else {}
        tag, value = told.get("tag"), told.get("value")
        if not isinstance(tag, str) or not isinstance(value, str):
            raise StreamRefusal(2003)
        _check(tag, value)
        if tag in self._rules[key]:
            raise StreamRefusal(2001)
        if len(self._rules[key]) >= MOST_RULES:
            raise StreamRefusal(2006)
        self._rules[key][tag] = value
        self._network.keep(_PUT, {"key": key, "tag": tag, "value": value})

    def remove(self, key: str, tag: object) -> None:
        if self._rules[key].pop(str(tag), None) is None:
            raise StreamRefusal(2002)
        self._network.keep(_REMOVE, {"key": key, "tag": tag})

    def _put_back(self, facts: Mapping[str, Any]) -> None:
        self._rules[facts["key"]][facts["tag"]] = facts["value"]

    def _remove_again(self, facts: Mapping[str, Any]) -> None:
        self._rules[facts["key"]].pop(facts["tag"], None)


def _check(tag: str, value: str) -> None:
    words = value.split()
    is_too_long = len(tag.encode()) > MOST_TAG_BYTES or len(value.encode()) > MOST_BYTES
    if is_too_long or not tag or not words:
        raise StreamRefusal(2003)
    if len(words) > MOST_WORDS:
        raise StreamRefusal(2004)
    if value.count('"') % 2:
        raise StreamRefusal(2005)
    if all(word.startswith("-") for word in words):
        raise StreamRefusal(2008)
