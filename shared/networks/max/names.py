"""How MAX names chats and messages, and the one name we give each message.

A message's `mid` is the word "mid." and 32 hexadecimal digits: the chat's number in
two's complement, then the message's `seq`, whose upper 48 bits are Unix milliseconds.
Our key says the same in figures, `<chat>/<seq>`; links say it with the `seq` in base64.
A `mid` of another form is its own key.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final, NamedTuple

_MID: Final = re.compile(r"mid\.(?P<chat>[0-9a-f]{16})(?P<seq>[0-9a-f]{16})")
_KEY: Final = re.compile(r"(?P<chat>-?\d{1,19})/(?P<seq>\d{1,19})", re.ASCII)
_LINK: Final = re.compile(
    r"https?://(?:www\.|web\.)?max\.ru/c/(?P<chat>-?\d{1,19})/(?P<slug>[\w-]{11})"
    r"(?:[/?#].*)?",
    re.ASCII | re.IGNORECASE,
)
_DIGITS: Final = 16
_BYTES: Final = 8
_HIGHEST: Final = 2**63


class Spot(NamedTuple):
    """A message: its chat's number, negative for chats and channels, and its `seq`."""

    chat: int
    seq: int

    @property
    def mid(self) -> str:
        return f"mid.{_hex(self.chat)}{_hex(self.seq)}"

    @property
    def key(self) -> str:
        return f"{self.chat}/{self.seq}"

    @property
    def url(self) -> str:
        """Address as MAX's own programs copy it."""
        raw = self.seq.to_bytes(_BYTES, "big")
        slug = urlsafe_b64encode(raw).decode("ascii").rstrip("=")
        return f"https://max.ru/c/{self.chat}/{slug}"


def _hex(number: int) -> str:
    return f"{number % 2**64:0{_DIGITS}x}"


def spot_of(mid: str) -> Spot | None:
    """Read a `mid`; None for one of a form we do not know."""
    found = _MID.fullmatch(mid)
    if found is None:
        return None
    chat, seq = int(found["chat"], 16), int(found["seq"], 16)
    if seq >= _HIGHEST:
        return None
    return Spot(chat - 2**64 if chat >= _HIGHEST else chat, seq)


def key_of(mid: str) -> str:
    """Give the key of a message by its `mid`."""
    spot = spot_of(mid)
    return mid if spot is None else spot.key


def spot_at(key: str | None) -> Spot | None:
    """Read one of our keys; None for any other."""
    found = _KEY.fullmatch(key or "")
    if found is None:
        return None
    spot = Spot(int(found["chat"]), int(found["seq"]))
    return spot if abs(spot.chat) < _HIGHEST and spot.seq < _HIGHEST else None


def spot_in(link: str | None) -> Spot | None:
    """Read the message out of an address of the form `Spot.url`, as people paste it."""
    found = _LINK.fullmatch((link or "").strip())
    if found is None:
        return None
    seq = int.from_bytes(urlsafe_b64decode(f"{found['slug']}="), "big")
    chat = int(found["chat"])
    return Spot(chat, seq) if abs(chat) < _HIGHEST and seq < _HIGHEST else None
