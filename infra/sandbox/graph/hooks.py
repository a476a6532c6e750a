"""Webhooks of an app: the challenge, then signed batches of what happened."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from infra.sandbox.graph.call import APP, APP_SECRET, Call
from infra.sandbox.graph.errors import GraphError
from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.stage import Happening, StagePage
from infra.sandbox.stage.push import Parcel, PushLine, Receipt

CHALLENGE: Final = "1158201444"
PATIENCE: Final = 100
MOST_IN_A_BATCH: Final = 1_000

Write = Callable[[Happening], list[tuple[StagePage, str, dict[str, Any]]]]
"""Writes what a line of the log means: whom it is told, which field, what value."""


@dataclass
class Subscription:
    """An app's address, and which of its pages want which fields."""

    url: str
    line: PushLine
    seen: int
    fields: frozenset[str]
    pages: dict[str, frozenset[str]] = field(default_factory=dict)


class Hooks:
    """The one subscription an app has for a kind of object."""

    def __init__(
        self,
        network: NetworkContext,
        subject: str,
        page_id: Callable[[StagePage], str],
        write: Write,
    ) -> None:
        self._network = network
        self._subject = subject
        self._page_id = page_id
        self._write = write
        self.subscription: Subscription | None = None

    async def subscribe(self, call: Call) -> dict[str, Any]:
        """Take the app's address, if whoever is there knows the app's word."""
        if call.token.kind != APP:
            raise GraphError(10)
        params = call.params
        if params.get("object") != self._subject:
            raise GraphError(100, "(#100) object")
        url = params.get("callback_url", "")
        if await self._challenged(url, params.get("verify_token", "")) != CHALLENGE:
            raise GraphError(
                2200, "(#2200) Callback verification failed", subcode=1_349_168
            )
        network = self._network
        line = PushLine(network.deliveries, network.clock, patience=PATIENCE)
        fields = frozenset(params.get("fields", "").split(","))
        seen = network.stage.last_seq
        self.subscription = Subscription(url, line, seen, fields)
        return {"success": True}

    def add_page(self, call: Call, page: StagePage) -> dict[str, Any]:
        """Let the app hear of a page, too."""
        call.check_rights(page)
        if self.subscription is not None:
            wanted = call.params.get("subscribed_fields", "").split(",")
            self.subscription.pages[page.code] = frozenset(wanted)
        return {"success": True}

    async def deliver_due(self) -> int:
        """Put what happened since the last look into a batch; send what is due."""
        subscription = self.subscription
        if subscription is None:
            return 0
        stage = self._network.stage
        lines = stage.happenings(subscription.seen)
        subscription.seen = stage.last_seq
        if batch := self._batch(subscription, lines):
            number = f"{self._subject}/{stage.last_seq}"
            subscription.line.add(number, self._subject, batch)
        return await subscription.line.deliver_due(self._send)

    def _batch(
        self, subscription: Subscription, lines: list[Happening]
    ) -> dict[str, Any]:
        """Write a batch, the changes of a page together; empty if nobody wants any."""
        entries: dict[str, dict[str, Any]] = {}
        for line in lines[:MOST_IN_A_BATCH]:
            for page, name, value in self._write(line):
                wanted = subscription.pages.get(page.code, frozenset())
                if name not in wanted & subscription.fields:
                    continue
                time = int(line.at.timestamp())
                usual = {"id": self._page_id(page), "time": time, "changes": []}
                entry = entries.setdefault(page.code, usual)
                entry["changes"].append({"field": name, "value": value})
        if not entries:
            return {}
        return {"object": self._subject, "entry": list(entries.values())}

    async def _challenged(self, url: str, token: str) -> str:
        asked = {
            "hub.mode": "subscribe",
            "hub.challenge": CHALLENGE,
            "hub.verify_token": token,
        }
        try:
            answer = await self._network.http.get(url, params=asked)
        except (httpx.HTTPError, httpx.InvalidURL):
            return ""
        return answer.text if answer.is_success else ""

    async def _send(self, parcel: Parcel) -> Receipt:
        assert self.subscription is not None  # noqa: S101 -- it put the parcel here
        body = json.dumps(parcel.body).encode()
        headers = signed(body, "forged" if parcel.is_forged else APP_SECRET)
        try:
            answer = await self._network.http.post(
                self.subscription.url, content=body, headers=headers
            )
        except (httpx.HTTPError, httpx.InvalidURL):
            return Receipt(is_taken=False)
        return Receipt(is_taken=answer.status_code == httpx.codes.OK)


def signed(body: bytes, secret: str) -> Mapping[str, str]:
    """Sign the bytes as they are; Cyrillic in them is escaped, as Meta does it."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Hub-Signature-256": f"sha256={digest}",
    }
