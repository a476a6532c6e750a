"""The search by hashtag: topics of all groups, by Moscow's clock."""

import json
import re
from datetime import datetime
from typing import Any, Final

from infra.sandbox.networks.ok.call import GROUP_TOPIC, Call, Method
from infra.sandbox.networks.ok.errors import OkError
from infra.sandbox.networks.ok.ids import find_topic, topic_id
from infra.sandbox.networks.ok.objects import topic
from infra.sandbox.networks.ok.paging import newest_first
from infra.sandbox.networks.ok.times import from_moscow, unix_ms
from infra.sandbox.stage import Item


def tag_contents(call: Call) -> dict[str, Any]:
    """Find topics with a hashtag, the newest first."""
    call.session()
    tag = call.text("query").lower()
    if not tag or tag.startswith("#"):
        raise OkError(100, "query")
    wanted = _filter(call)
    since, until = _moment(wanted, "since"), _moment(wanted, "until")
    places = sorted(
        (unix_ms(item.created_at, skewed=False), int(_number(call, item)))
        for item in call.stage.items()
        if item.root is None
        and _has(tag, item)
        and (since is None or item.created_at >= since)
        and (until is None or item.created_at <= until)
    )
    if GROUP_TOPIC not in wanted.get("types", [GROUP_TOPIC]):
        places = []
    part = newest_first(places, call.text("anchor"), call.count())
    found = [find_topic(call.stage, str(number)) for number in part.numbers]
    shown = [topic(call.server, item) for item in found if item and not item.is_deleted]
    told: dict[str, Any] = {
        "entities": {"media_topics": shown},
        "has_more": part.has_more,
    }
    return told | ({"anchor": part.anchor} if part.anchor else {})


def _filter(call: Call) -> dict[str, Any]:
    try:
        wanted = json.loads(call.text("filter") or "{}")
    except ValueError:
        raise OkError(100, "filter") from None
    return wanted if isinstance(wanted, dict) else {}


def _moment(wanted: dict[str, Any], name: str) -> datetime | None:
    if name not in wanted:
        return None
    moment = from_moscow(str(wanted[name]))
    if moment is None:
        raise OkError(100, name)
    return moment


def _number(call: Call, item: Item) -> str:
    return topic_id(call.stage.page(item.page), item.id)


def _has(tag: str, item: Item) -> bool:
    return tag in re.findall(r"#(\w+)", item.text.lower())


METHODS: Final[dict[str, Method]] = {"search.tagContents": tag_contents}
