"""A bot's webhook: one update a call, proved by the secret it was set with."""

import hmac
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final

from services.ingest.sources.base import Fetched
from services.ingest.sources.connector import Delivery, Place, Reception

LARGEST_UPDATE: Final = 1_000_000

_FORBIDDEN: Final = Reception(403, "forbidden")
_WRONG_METHOD: Final = Reception(405, "POST only")
_TOO_LARGE: Final = Reception(413, "too large")


class SecretHook(ABC):
    """Reads deliveries that bring their secret in the header `secret_header`."""

    secret_header: ClassVar[str]

    def receive(
        self,
        place: Place,  # noqa: ARG002 -- one webhook for all of a bot's chats
        delivery: Delivery,
        secrets: Mapping[str, str],
        now: datetime,
    ) -> Reception:
        """Check and read one delivery; never raises for what a stranger sends.

        What is proved to be the network's is answered 200 even if it can not be read:
        the same would be sent again for hours.
        """
        if delivery.method != "POST":
            return _WRONG_METHOD
        given = delivery.headers.get(self.secret_header, "")
        if not _is_proved(given, secrets.get("secret", "")):
            return _FORBIDDEN
        if len(delivery.body) > LARGEST_UPDATE:
            return _TOO_LARGE
        try:
            update = json.loads(delivery.body)
        except (ValueError, RecursionError):
            return Reception(200, fetched=Fetched((), {}, unknown={"no json": 1}))
        return self._read(update, now)

    @abstractmethod
    def _read(self, update: object, now: datetime) -> Reception:
        """Read what was proved; the answer is 200, whatever it is."""


def _is_proved(given: str, secret: str) -> bool:
    """Compare in constant time; without a secret nobody is believed."""
    is_same = hmac.compare_digest(given.encode(), secret.encode())
    return is_same and bool(secret)
