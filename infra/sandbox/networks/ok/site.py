"""What addresses of ok.ru lead to: groups and topics; comments have none."""

import re
from typing import Final

from infra.sandbox.networks.context import Spot
from infra.sandbox.networks.ok.ids import find_group, find_topic
from infra.sandbox.stage import Stage

_GROUP: Final = re.compile(r"group/(\d+)(?:/topic/(\d+))?")


def spot_of(stage: Stage, address: str) -> Spot | None:
    """Find what a path, with its query, leads to."""
    path = address.partition("?")[0]
    group = _GROUP.fullmatch(path)
    if group is not None and group[2]:
        topic = find_topic(stage, group[2])
        return None if topic is None else Spot(topic.page, topic.id)
    page = find_group(stage, group[1]) if group else stage.find_page(path)
    return None if page is None else Spot(page.code)
