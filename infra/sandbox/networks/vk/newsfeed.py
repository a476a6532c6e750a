"""newsfeed.search: all walls at once, newest first, a thousand results and no more."""

from typing import Any, Final

from infra.sandbox.networks.vk.call import Call, Method, read_only
from infra.sandbox.networks.vk.errors import VkError
from infra.sandbox.networks.vk.objects import found_reply, people, unix, wall_post
from infra.sandbox.networks.vk.words import matches
from infra.sandbox.stage import Item

MOST: Final = 200
CAP: Final = 1000
_DAY: Final = 24 * 3600

_Place = tuple[int, int, int]


def search(call: Call) -> dict[str, Any]:
    """Give one page of what was found; `next_from` leads to the following one."""
    found = _found(call)
    served, after = _cursor(call)
    rest = [item for item in found if after is None or _place(call, item) < after]
    shown = rest[: min(call.at_most("count", 30, MOST), CAP - served)]
    stage = call.network.stage
    told: dict[str, Any] = {
        "items": [
            wall_post(stage, item) if item.root is None else found_reply(stage, item)
            for item in shown
        ],
        "count": min(len(found), CAP),
        "total_count": len(found),
    }
    # Past the thousandth result VK still hands out a cursor, to an empty page.
    if shown and len(rest) > len(shown):
        date, number, owner = _place(call, shown[-1])
        told["next_from"] = f"{served + len(shown)}/{date}_{owner}_{number}"
    if call.flag("extended"):
        told |= people(stage, shown)
    return told


def _found(call: Call) -> list[Item]:
    """Find posts and comments in the window, the last day if none is given."""
    stage, query = call.network.stage, call.text("q")
    end = call.number("end_time", call.network.timestamp())
    begin = call.number("start_time", end - _DAY)
    open_pages = {page.code for page in stage.pages if not page.is_banned}
    found = [
        item
        for item in stage.items()
        if item.page in open_pages
        and not item.is_deleted
        and begin <= unix(item.created_at) <= end
        and matches(query, item.text)
    ]
    return sorted(found, key=lambda item: _place(call, item), reverse=True)


def _cursor(call: Call) -> tuple[int, _Place | None]:
    """Read `start_from`: how many were served, and after which item to go on."""
    given = call.text("start_from")
    if not given:
        return 0, None
    try:
        served, _, place = given.partition("/")
        date, owner, number = (int(part) for part in place.split("_"))
        return min(int(served), CAP), (date, number, owner)
    except ValueError:
        raise VkError(100, "start_from is invalid") from None


def _place(call: Call, item: Item) -> _Place:
    page = call.network.stage.page(item.page)
    return unix(item.created_at), item.id, page.number


METHODS: Final[dict[str, Method]] = {"newsfeed.search": read_only(search)}
