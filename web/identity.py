"""The port through which pages sign people in (the real one: shared/identity)."""

from dataclasses import dataclass
from typing import NewType, Protocol

SessionToken = NewType("SessionToken", str)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a session, in the region they work for."""

    user_name: str
    login: str
    roles: frozenset[str]
    region_code: str
    region_name: str
    zone: str

    def works_as(self, *wanted: str) -> bool:
        """Tell which pages to offer; what may be done is the services' own decision."""
        return "admin" in self.roles or bool(self.roles.intersection(wanted))


class TooManyAttempts(Exception):
    """Sign-in is closed for a while for this login or address."""

    def __init__(self, retry_minutes: int = 15) -> None:
        super().__init__(f"too many attempts, retry in {retry_minutes} min")
        self.retry_minutes = retry_minutes


class Identity(Protocol):
    """Who may enter, and who a session token belongs to."""

    async def sign_in(
        self, login: str, password: str, *, client: str
    ) -> SessionToken | None:
        """Open a session; None when login or password are wrong."""
        ...

    async def who(self, token: SessionToken) -> SignedIn | None:
        """Name the person of a live session; None when it ended."""
        ...

    async def sign_out(self, token: SessionToken) -> None:
        """End a session; ending an ended one is fine."""
        ...
