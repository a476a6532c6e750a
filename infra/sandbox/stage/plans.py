"""Plans for what goes wrong: at requests, at deliveries of a push, at writes."""

from collections.abc import Callable
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field


class Planned(BaseModel):
    """Something for the next `times` occasions that it fits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    times: int = Field(default=1, ge=1, le=1_000_000)


class FaultMode(StrEnum):
    """How a request fails.

    `latency`: as always, `seconds` later. `limit`: the network's own answer to too
    many requests (`code` chooses where it has several). `status`: `status` with a
    page of HTML. `cut`: half of the body, its length correct. `break`: half of the
    body, then the connection ends. `reset`: the connection ends without an answer.
    `hang`: nothing for `seconds`, then the connection ends. `content-type`: the
    answer calls itself `value`. `gzip`: the answer is compressed. `charset`: the body
    is in the encoding `value`, the header still says UTF-8. `skew`: the network's
    clock, in the Date header and in the body, is `seconds` ahead. `unreachable`: as if
    its name were not found; over a socket, where we are found already, as `reset`.
    """

    LATENCY = "latency"
    LIMIT = "limit"
    STATUS = "status"
    CUT = "cut"
    BREAK = "break"
    RESET = "reset"
    UNREACHABLE = "unreachable"
    HANG = "hang"
    CONTENT_TYPE = "content-type"
    GZIP = "gzip"
    CHARSET = "charset"
    SKEW = "skew"


class Fault(Planned):
    """A fault at requests whose route fits the pattern `route` (`*`, `?` as in glob).

    The route is what the network calls it: a VK or OK method, else the path.
    """

    mode: FaultMode
    route: str = "*"
    status: int = Field(default=502, ge=400, le=599)
    code: int | None = None
    seconds: float = Field(default=1.0, ge=-86_400, le=86_400)
    retry_after: int | None = Field(default=None, ge=0)
    value: str = "cp1251"


class DeliveryMode(StrEnum):
    """How a push goes astray.

    `duplicate`: sent twice under one id. `reorder`: sent after the next one. `delay`:
    sent `seconds` later. `drop`: the first attempt never leaves, the next follows
    after `seconds`. `outage`: everything is held for `seconds`, then comes at once as
    a retry. `forge`: sent first with a wrong signature or secret, then properly.
    `stop`: the line gives up after `failures` failed attempts in a row.
    """

    DUPLICATE = "duplicate"
    REORDER = "reorder"
    DELAY = "delay"
    DROP = "drop"
    OUTAGE = "outage"
    FORGE = "forge"
    STOP = "stop"


class Delivery(Planned):
    """What becomes of the next `times` parcels of one kind (`event`, a glob)."""

    mode: DeliveryMode
    event: str = "*"
    seconds: float = Field(default=60.0, ge=0, le=604_800)
    failures: int = Field(default=3, ge=1, le=1000)


class WriteMode(StrEnum):
    """What becomes of an answer that is published.

    `lost`: it is published, but the response never arrives. `rejected`, `limited`:
    refused in the network's own form. `deleted-target`, `edited-target`: what is
    answered changes between the caller's last look and the write.
    """

    SUCCESS = "success"
    LOST = "lost"
    REJECTED = "rejected"
    LIMITED = "limited"
    DELETED_TARGET = "deleted-target"
    EDITED_TARGET = "edited-target"


class Write(Planned):
    """The fate of the next `times` writes on `page` (a code, a glob)."""

    mode: WriteMode
    page: str = "*"
    code: int | None = None


P = TypeVar("P", bound=Planned)


class Plan(Generic[P]):
    """What is still to come, in the order it was planned."""

    def __init__(self) -> None:
        self._waiting: list[P] = []

    @property
    def waiting(self) -> list[P]:
        return list(self._waiting)

    def add(self, one: P) -> None:
        self._waiting.append(one)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, fits: Callable[[P], bool]) -> P | None:
        """Use up one occasion of the first entry that fits."""
        for position, one in enumerate(self._waiting):
            if fits(one):
                left = one.times - 1
                rest = [one.model_copy(update={"times": left})] if left else []
                self._waiting[position : position + 1] = rest
                return one
        return None
