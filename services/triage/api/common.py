"""What the routes share: version headers, pages, the errors they document."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from fastapi import Response

from services.triage.deps import Kit
from services.triage.deps.cursor import Cursors
from services.triage.schemas.candidates import CandidateQuery
from services.triage.schemas.incidents import IncidentQuery
from shared.uow import UnitOfWork

Row = TypeVar("Row")
Place = Sequence[str | int]

TEXT = {"type": "string"}
PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457 problem details; `type` is stable, `detail` for people.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {**TEXT, "examples": ["urn:otklik:problem:conflict"]},
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": TEXT, "message": TEXT},
            },
        },
        "allowed": {"type": "array", "items": TEXT},
    },
}
MEANINGS = {
    400: "The body is not text at all",
    401: "No credential, or one that is no longer good",
    403: "This credential or role may not do this",
    404: "No such thing in this region, or not for this caller",
    409: "The thing is not in a state that allows it; `allowed` says what it allows",
    412: "Somebody changed it since it was read (`If-Match`)",
    422: "A field does not hold what it must; `errors` says which",
    503: "A part we depend on does not answer; nothing was changed",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document an operation's errors, those every operation has included."""
    return {
        status: {
            "description": MEANINGS[status],
            "content": {"application/problem+json": {"schema": PROBLEM}},
        }
        for status in sorted({401, 403, 503, *statuses})
    }


def etag(response: Response, version: int) -> None:
    """Tell the version of the thing answered."""
    response.headers["ETag"] = f'"{version}"'


@dataclass(frozen=True)
class Paging:
    """One page of a list: the place it goes on from, and the cursor of the next.

    A cursor is good for the same region, filters and order only.
    """

    cursors: Cursors
    bound: object
    limit: int
    place: Place | None

    @classmethod
    def of(
        cls, uow: UnitOfWork, kit: Kit, query: CandidateQuery | IncidentQuery
    ) -> "Paging":
        """Read where a query goes on; Invalid when its cursor is not one of ours."""
        bound = (uow.region_id, query.model_copy(update={"cursor": None, "limit": 0}))
        cursor = query.cursor
        place = None if cursor is None else kit.cursors.read(bound, cursor)
        return cls(kit.cursors, bound, query.limit, place)

    def cut(
        self, found: Sequence[Row], place_of: Callable[[Row], Place]
    ) -> tuple[Sequence[Row], str | None]:
        """Cut the row that only says there are more; write the next page's cursor."""
        rows = found[: self.limit]
        if len(found) <= self.limit:
            return rows, None
        return rows, self.cursors.write(self.bound, place_of(rows[-1]))


def moment_and_id(place: Place) -> tuple[datetime, UUID]:
    """Read a place in a list by time."""
    moment, key = place
    return datetime.fromisoformat(str(moment)), UUID(str(key))
