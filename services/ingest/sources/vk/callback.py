"""VK's Callback API: the address where a community delivers its events."""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from services.ingest.sources.base import Fetched
from services.ingest.sources.connector import Access, Delivery, Place, Reception
from services.ingest.sources.vk.events import Events, read
from services.ingest.sources.vk.harvest import Harvest
from shared.networks.vk import Vk

_DONE: Final = "ok"
_LARGEST: Final = 1_000_000
_NOT_READY: Final = timedelta(minutes=5)


class VkHook:
    """Receives events. Secrets: `secret`, and `confirmation`, the code VK asks for."""

    def receive(
        self,
        place: Place,
        delivery: Delivery,
        secrets: Mapping[str, str],
        now: datetime,
    ) -> Reception:
        """Check and read one delivery; in this order.

        1. What is no POST with a JSON object of a bearable size is refused.
        2. As long as we have no secret, VK shall come again later (503).
        3. Without the right secret nothing is read, nor told (403).
        4. As long as we know only the community's name, VK shall come again (503).
        5. Another community's events do not belong here: VK shall stop (410).
        6. `confirmation` is answered with the code, everything else with `ok`.
        """
        event = _event(delivery)
        if event is None:
            return Reception(HTTPStatus.BAD_REQUEST)
        secret = secrets.get("secret")
        if not secret:
            return _later()
        given = str(event.get("secret") or "").encode()
        if not hmac.compare_digest(given, secret.encode()):
            return Reception(HTTPStatus.FORBIDDEN)
        if (misplaced := _misplaced(event, place)) is not None:
            return misplaced
        if event.get("type") == "confirmation":
            code = secrets.get("confirmation")
            return Reception(HTTPStatus.OK, code) if code else _later()
        return _received(event, int(place.native), delivery, now)


def _event(delivery: Delivery) -> Mapping[str, Any] | None:
    if delivery.method != "POST" or len(delivery.body) > _LARGEST:
        return None
    try:
        event = json.loads(delivery.body)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def _misplaced(event: Mapping[str, Any], place: Place) -> Reception | None:
    if place.native.startswith("@"):
        return _later()
    is_ours = f"-{event.get('group_id')}" == place.native
    return None if is_ours else Reception(HTTPStatus.GONE)


def _later() -> Reception:
    return Reception(HTTPStatus.SERVICE_UNAVAILABLE, retry_after=_NOT_READY)


def _received(
    event: Mapping[str, Any], owner: int, delivery: Delivery, now: datetime
) -> Reception:
    retries = delivery.headers.get("x-retry-counter", "0")
    events = Events(owner, Harvest(now), is_late=retries not in {"", "0"})
    read(event, events)
    harvest = events.harvest
    event_id = event.get("event_id")
    return Reception(
        HTTPStatus.OK,
        _DONE,
        fetched=Fetched(
            posts=tuple(harvest.posts),
            cursor={},
            refused=tuple(harvest.refused),
            unknown=dict(harvest.unknown) or None,
        ),
        event_id=event_id if isinstance(event_id, str) else None,
        again=any(not name.startswith("+") for name in events.touched),
        touched=tuple(events.touched),
    )


async def confirmation_code(place: Place, access: Access) -> str:
    """Ask VK for the code it wants to hear; it changes from time to time.

    Needs the community's token. Raises `SourceError`.
    """
    group = -int(place.native)
    vk = Vk(access, group=group)
    answer = await vk.call("groups.getCallbackConfirmationCode", group_id=group)
    return str(answer["code"])
