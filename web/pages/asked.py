"""Reads what a person asked for: the filters of a list, the fields of a form."""

from collections.abc import Iterable

from starlette.datastructures import FormData
from starlette.requests import Request

from web.deps import Member
from web.links import Chip, Query
from web.views.archive import value_name

_LONGEST_FILTER = 300


def query_of(request: Request, names: Iterable[str], path: str | None = None) -> Query:
    """Take the known filters from the address and leave the rest."""
    given = request.query_params
    return Query(
        path or request.url.path,
        {name: given.get(name, "").strip()[:_LONGEST_FILTER] for name in names},
    )


def texts(form: FormData) -> dict[str, str]:
    """Take the text fields of a form, files aside."""
    return {
        name: value.strip().replace("\r\n", "\n")
        for name, value in form.multi_items()
        if isinstance(value, str)
    }


async def chips(member: Member, query: Query, titles: dict[str, str]) -> list[Chip]:
    """List the filters in force, each with the address without it."""
    in_force = {name: query.params.get(name, "") for name in titles}
    if not any(in_force.values()):
        return []
    reference = await member.reference()
    return [
        Chip(
            titles[name],
            value_name(name, value, reference, member.show),
            query.but(**{name: None, "cursor": None, "case": None}).href,
        )
        for name, value in in_force.items()
        if value
    ]
