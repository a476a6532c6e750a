"""Aliases of what routes depend on."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BeforeValidator

from services.reports.handlers import Asked
from shared.auth import unit
from shared.identity.principal import Scope
from shared.uow import UnitOfWork

Reader = Annotated[UnitOfWork, Depends(unit(Scope.REPORTS_READ), scope="function")]
Administrator = Annotated[UnitOfWork, Depends(unit(Scope.ADMIN), scope="function")]


def _blank_is_absent(value: object) -> object:
    """A form sends its empty fields too."""
    return None if value == "" else value


_Blank = BeforeValidator(_blank_is_absent)
# PostgreSQL knows no NUL in a text; a code holds no control character anyway.
_CODE = r"^[^\x00-\x1f]{0,100}$"

First = Annotated[
    date | None,
    _Blank,
    Query(
        alias="from",
        description="First day, in the region's time zone; by default 29 days "
        "before `to`.",
        examples=["2026-03-01"],
    ),
]
Last = Annotated[
    date | None,
    _Blank,
    Query(
        alias="to",
        description="Last day, included; by default today. At most 366 days in all.",
        examples=["2026-03-31"],
    ),
]


def _code(thing: str, example: str) -> object:
    return Query(
        pattern=_CODE,
        description=f"Code of {thing}: only its incidents and their posts.",
        examples=[example],
    )


Authority = Annotated[str | None, _code("an authority", "water")]
Municipality = Annotated[str | None, _code("a municipality", "severny")]
Topic = Annotated[str | None, _code("a topic", "hot-water")]


async def asked(
    *,
    first: First = None,
    last: Last = None,
    authority: Authority = None,
    municipality: Municipality = None,
    topic: Topic = None,
) -> Asked:
    """Read a report's period and filters; an empty one is as good as none."""
    return Asked(first, last, authority or None, municipality or None, topic or None)


Question = Annotated[Asked, Depends(asked)]
