"""Topics of a group: the three ways to list them, and reading them by number."""

from typing import Any, Final

from infra.sandbox.networks.ok.call import Call, Method
from infra.sandbox.networks.ok.errors import OkError
from infra.sandbox.networks.ok.ids import find_topic, group_id, topic_id
from infra.sandbox.networks.ok.objects import topic
from infra.sandbox.networks.ok.paging import Part, newest_first
from infra.sandbox.networks.ok.times import moscow, unix_ms
from infra.sandbox.stage import Item, StagePage

_MOST_BLOCKS: Final = 3


def get_stat_topics(call: Call) -> dict[str, Any]:
    """List an administrator's topics with figures; those nobody saw are left out."""
    page = call.group()
    call.check_admin(page)
    since = call.number("start_time", 0)
    until = call.number("end_time", unix_ms(call.server.network.now()))
    part = _part(call, page)
    topics = [
        _with_figures(page, item)
        for item in _standing(call, page, part)
        if since <= unix_ms(item.created_at) <= until and item.counters.views != 0
    ]
    # What is older than asked for is no page any more.
    oldest = part.places[-1][0] if part.places else 0
    return _listed(part, "topics", topics, has_more=part.has_more and oldest >= since)


def get_topics(call: Call) -> dict[str, Any]:
    """List topics whole."""
    call.session()
    page = call.group()
    part = _part(call, page)
    shown = [topic(call.server, item) for item in _standing(call, page, part)]
    return _listed(part, "media_topics", shown, has_more=part.has_more)


def stream_get(call: Call) -> dict[str, Any]:
    """List the news of a group; a topic stands in the words of a message."""
    call.session()
    page = call.group()
    part = _part(call, page)
    feeds = [_feed(page, item) for item in _standing(call, page, part)]
    return _listed(part, "feeds", feeds, has_more=part.has_more)


def get_by_ids(call: Call) -> dict[str, Any]:
    """Give topics by number; deleted and unknown ones are left out."""
    call.session()
    named = [each for each in call.text("topic_ids").split(",") if each]
    limit = call.number("media_limit", 0 if len(named) > 1 else _MOST_BLOCKS)
    if not named or not 1 <= limit <= _MOST_BLOCKS:
        raise OkError(100, "media_limit" if named else "topic_ids")
    found = [find_topic(call.stage, each) for each in named]
    standing = [
        item
        for item in found
        if item is not None
        and not item.is_deleted
        and not call.stage.page(item.page).is_banned
    ]
    pages = {item.page: call.stage.page(item.page) for item in standing}
    groups = [{"uid": group_id(one), "name": one.name} for one in pages.values()]
    return {
        "media_topics": [topic(call.server, item, limit) for item in standing],
        "entities": {"groups": groups},
    }


def _part(call: Call, page: StagePage) -> Part:
    """Cut a page out of all topics: one whose topics are all deleted is empty."""
    places = call.server.topic_places(page.code)
    return newest_first(places, call.text("anchor"), call.count())


def _standing(call: Call, page: StagePage, part: Part) -> list[Item]:
    found = (call.stage.find(page.code, number) for number in part.numbers)
    return [item for item in found if item is not None and not item.is_deleted]


def _listed(
    part: Part, name: str, shown: list[dict[str, Any]], *, has_more: bool
) -> dict[str, Any]:
    anchor = {"anchor": part.anchor} if part.anchor else {}
    return {name: shown, **anchor, "has_more": has_more}


def _with_figures(page: StagePage, item: Item) -> dict[str, Any]:
    counters = item.counters
    views = counters.views or 0
    return {
        "id": topic_id(page, item.id),
        "created_ms": unix_ms(item.created_at),
        "comments": counters.comments or 0,
        "likes": counters.likes or 0,
        "reshares": counters.reposts or 0,
        "renderings": views,
        "reach": views * 7 // 10,
    }


def _feed(page: StagePage, item: Item) -> dict[str, Any]:
    number = topic_id(page, item.id)
    return {
        "pattern": "POST",
        "type": "GROUP_TOPIC",
        "message": f"{{media_topic:{number}}}{item.text}{{media_topic}}",
        "date": moscow(item.created_at),
    }


METHODS: Final[dict[str, Method]] = {
    "group.getStatTopics": get_stat_topics,
    "mediatopic.getTopics": get_topics,
    "stream.get": stream_get,
    "mediatopic.getByIds": get_by_ids,
}
