"""Faults that the control API plans: refuse, lose the answer, be slow."""

from collections import defaultdict
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class Route(StrEnum):
    """What a fault can strike."""

    FEEDS = "feeds"
    REPLIES = "replies"


class Mode(StrEnum):
    """How it strikes.

    `refuse`: nothing happens, the answer is `status`. `lose`: it happens, but the
    connection breaks before the answer is whole. `slow`: as always, later.
    """

    REFUSE = "refuse"
    LOSE = "lose"
    SLOW = "slow"


class Fault(BaseModel):
    """A fault for the next `times` calls of a route."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    route: Route
    mode: Mode
    times: int = Field(default=1, ge=1, le=1_000_000)
    status: int = Field(default=503, ge=400, le=599)
    retry_after: int | None = Field(default=None, ge=0)
    seconds: float = Field(default=1.0, ge=0, le=600)


class FaultPlan:
    """Faults waiting to happen, in the order they were planned."""

    def __init__(self) -> None:
        self._waiting: defaultdict[Route, list[Fault]] = defaultdict(list)

    @property
    def waiting(self) -> list[Fault]:
        """What is still to come."""
        return [fault for faults in self._waiting.values() for fault in faults]

    def add(self, fault: Fault) -> None:
        self._waiting[fault.route].append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, route: Route) -> Fault | None:
        """Use up one strike of the first fault of a route."""
        faults = self._waiting[route]
        if not faults:
            return None
        fault = faults[0]
        left = fault.times - 1
        faults[:1] = [fault.model_copy(update={"times": left})] if left else []
        return fault


class BrokenResponse(Response):
    """Begins an answer and stops in the middle, so that the server hangs up."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send a part of what was announced."""
        headers = [(b"content-length", b"100000"), (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        body = {"type": "http.response.body", "body": b"...", "more_body": True}
        await send(body)
