"""Access tokens of one network: kind, owner, lifetime in virtual time, revocation."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from infra.sandbox.stage.record import Record, unrecorded
from shared.errors import NotFound


class TokenState(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `owner` is the code of the page it speaks for, None for an app's.

    It dies at `expires_at` of virtual time; None lives for ever.
    """

    value: str
    kind: str
    owner: str | None = None
    expires_at: datetime | None = None
    is_revoked: bool = False

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Token":
        ends = data["expires_at"]
        told = None if ends is None else datetime.fromisoformat(ends)
        return cls(**{**data, "expires_at": told})


class TokenBook:
    """Tokens of one network; their values are made up and the same every time."""

    def __init__(self, network: str, record: Record = unrecorded) -> None:
        self._network = network
        self._record = record
        self._tokens: dict[str, Token] = {}

    @property
    def all(self) -> tuple[Token, ...]:
        return tuple(self._tokens.values())

    def issue(
        self,
        kind: str,
        *,
        owner: str | None = None,
        now: datetime | None = None,
        lifetime: timedelta | None = None,
        value: str | None = None,
    ) -> Token:
        """Make a token; a `lifetime` needs to know `now`."""
        made = value or f"{self._network}-{kind}-{len(self._tokens) + 1}"
        ends = None if lifetime is None or now is None else now + lifetime
        return self.put(Token(made, kind, owner, ends))

    def put(self, token: Token) -> Token:
        """Take a token as it is."""
        self._tokens[token.value] = token
        self._record("put", {"token": token})
        return token

    def find(self, value: str | None) -> Token | None:
        return self._tokens.get(value or "")

    def state(self, value: str | None, now: datetime) -> TokenState:
        """Say whether a token opens anything at this moment."""
        token = self.find(value)
        if token is None:
            return TokenState.UNKNOWN
        if token.is_revoked:
            return TokenState.REVOKED
        if token.expires_at is not None and token.expires_at <= now:
            return TokenState.EXPIRED
        return TokenState.VALID

    def revoke(self, value: str, *, is_revoked: bool = True) -> Token:
        """Take a token's rights, or give them back; raise NotFound if unknown."""
        token = self.find(value)
        if token is None:
            raise NotFound("token", value)
        return self.put(replace(token, is_revoked=is_revoked))
