"""The place where a page ended: opaque, signed, good only for the same list."""

import binascii
import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import Invalid, invalid

SIGNATURE_BYTES = 16


@dataclass(frozen=True)
class Cursors:
    """Writes and reads cursors with the installation's key."""

    key: bytes

    def write(self, asked: object, place: Sequence[str | int]) -> str:
        """Sign a place in the list that `asked` (filters, order, region) names."""
        payload = json.dumps(list(place), separators=(",", ":")).encode()
        signed = self._signature(asked, payload) + payload
        return urlsafe_b64encode(signed).decode().rstrip("=")

    def read(self, asked: object, cursor: str) -> list[str | int]:
        """Return the place; raise Invalid when altered or of another list."""
        try:
            signed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (ValueError, binascii.Error):
            raise _damaged() from None
        signature, payload = signed[:SIGNATURE_BYTES], signed[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(asked, payload)):
            raise _damaged()
        place: list[str | int] = json.loads(payload)
        return place

    def _signature(self, asked: object, payload: bytes) -> bytes:
        bound = repr(asked).encode("utf-8", "surrogatepass")
        message = hashlib.sha256(bound).digest() + payload
        return hmac.new(self.key, message, hashlib.sha256).digest()[:SIGNATURE_BYTES]


def _damaged() -> Invalid:
    return invalid("cursor", "is damaged or belongs to another list")
