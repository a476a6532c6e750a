"""Meta's webhooks: a challenge, then signed batches of what has changed."""

import hashlib
import hmac
import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

from services.ingest.domain.checks import Refused
from services.ingest.sources.base import Evidence, Fetched, FetchedPost
from services.ingest.sources.connector import Delivery, Place, Reception
from services.ingest.sources.meta.items import Unknown, Words, listed
from services.ingest.sources.meta.shapes import Lost, gone, moment

_SIGNATURE: Final = "x-hub-signature-256"
_LARGEST: Final = 4_000_000
_LONGEST_CHALLENGE: Final = 200
_NOT_READY: Final = timedelta(minutes=5)


@dataclass(slots=True)
class Told:
    """What a batch told: deletions, and names of what must be read again.

    Events may come late, twice, in any order, and do not date edits: what stands is
    only known from reading it.
    """

    page: str
    words: Words
    now: datetime
    posts: list[FetchedPost] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    unknown: Unknown = field(default_factory=Counter)

    def remove(self, lost: Lost) -> None:
        """Note a deletion."""
        source = f"{self.words.network.value}:{self.page}"
        try:
            moment(lost.date, "created_time", self.now)
        except Refused as error:
            self.refused.append(f"{lost.id}: {error.reason}")
            return
        self.posts.append(
            gone(lost, self.words, source, evidence=Evidence.EVENT, now=self.now)
        )


class MetaHook(ABC):
    """Receives the events of one app. Secrets: `verify_token` and `app_secret`."""

    words: Words
    subject: str  # what Meta calls the object that is subscribed to

    def receive(
        self,
        place: Place,
        delivery: Delivery,
        secrets: Mapping[str, str],
        now: datetime,
    ) -> Reception:
        """Check and read one delivery; in this order.

        1. As long as we have no secrets, Meta shall come again later (503).
        2. GET: the challenge is answered to whoever knows our token.
        3. Without a good signature of the very bytes nothing is read, nor told (403).
        4. What is signed and can not be read is counted: it would come again for hours.
        """
        if not secrets.get("verify_token") or not secrets.get("app_secret"):
            return Reception(HTTPStatus.SERVICE_UNAVAILABLE, retry_after=_NOT_READY)
        if delivery.method == "GET":
            return _challenged(delivery.query, secrets["verify_token"])
        if delivery.method != "POST" or len(delivery.body) > _LARGEST:
            return Reception(HTTPStatus.BAD_REQUEST)
        if not _is_signed(delivery, secrets["app_secret"]):
            return Reception(HTTPStatus.FORBIDDEN)
        told = Told(place.native.partition("_")[0], self.words, now)
        self._read(delivery.body, told)
        return Reception(
            HTTPStatus.OK,
            fetched=Fetched(
                tuple(told.posts),
                {},
                refused=tuple(told.refused),
                unknown=dict(told.unknown) or None,
            ),
            event_id=hashlib.sha256(delivery.body).hexdigest(),
            again=bool(told.touched),
            touched=tuple(dict.fromkeys(told.touched)),
        )

    def _read(self, body: bytes, told: Told) -> None:
        try:
            batch = json.loads(body)
        except (ValueError, RecursionError):
            told.unknown["no json"] += 1
            return
        subject = batch.get("object") if isinstance(batch, dict) else None
        if subject != self.subject:
            told.unknown[f"object: {str(subject)[:40]}"] += 1
            return
        for entry in listed(batch, "entry"):
            self._read_entry(entry, told)

    def _read_entry(self, entry: object, told: Told) -> None:
        """Read what changed on our page; an app may be subscribed to others, too."""
        page = entry.get("id") if isinstance(entry, dict) else None
        if page != told.page and not told.page.startswith("@"):
            told.unknown["entry of another page"] += 1
            return
        for change in listed(entry, "changes"):
            value = change.get("value") if isinstance(change, dict) else None
            if isinstance(value, dict):
                self.read(str(change.get("field")), value, told)
            else:
                told.unknown["change without value"] += 1

    @abstractmethod
    def read(self, what: str, value: Mapping[str, Any], told: Told) -> None:
        """Take one change in; what can not be read is counted, never raised."""


def _challenged(query: Mapping[str, str], token: str) -> Reception:
    given = query.get("hub.verify_token", "").encode()
    challenge = query.get("hub.challenge", "")
    is_ours = hmac.compare_digest(given, token.encode())
    is_plain = challenge.isascii() and challenge.isprintable()
    if not is_ours or query.get("hub.mode") != "subscribe":
        return Reception(HTTPStatus.FORBIDDEN)
    if not challenge or not is_plain or len(challenge) > _LONGEST_CHALLENGE:
        return Reception(HTTPStatus.BAD_REQUEST)
    return Reception(HTTPStatus.OK, challenge)


def _is_signed(delivery: Delivery, secret: str) -> bool:
    """Compare in constant time, over the bytes as they came."""
    given = delivery.headers.get(_SIGNATURE, "").encode()
    digest = hmac.new(secret.encode(), delivery.body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(given, f"sha256={digest}".encode())
