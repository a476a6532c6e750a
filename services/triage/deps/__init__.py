"""What the routes ask for: a unit of work by right, and the app's own parts."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from services.triage.deps.cursor import Cursors
from services.triage.publishers import Publishers
from shared.auth import unit
from shared.identity.principal import Scope
from shared.uow import UnitOfWork

Reader = Annotated[UnitOfWork, Depends(unit(Scope.TRIAGE_READ), scope="function")]
Writer = Annotated[UnitOfWork, Depends(unit(Scope.TRIAGE_WRITE), scope="function")]
Administrator = Annotated[UnitOfWork, Depends(unit(Scope.ADMIN), scope="function")]


@dataclass(frozen=True)
class Kit:
    """What the app was made with."""

    cursors: Cursors
    publishers: Publishers


async def kit_of(request: Request) -> Kit:
    """Return the parts of the running app."""
    kit: Kit = request.app.state.kit
    return kit


KitDep = Annotated[Kit, Depends(kit_of)]


async def versions(
    if_match: Annotated[
        str | None,
        Header(description='The version last read, as in `ETag`: `"3"`. Else 412.'),
    ] = None,
) -> frozenset[str] | None:
    """Read `If-Match`; None when any version will do."""
    if if_match is None or if_match.strip() == "*":
        return None
    tags = (tag.strip().removeprefix("W/").strip('"') for tag in if_match.split(","))
    return frozenset(tags)


IfMatch = Annotated[frozenset[str] | None, Depends(versions)]
