"""What the lag bench watches: five hundred places and how each is reached."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

WALLS: Final = 250
HOOKED_WALLS: Final = 50
GROUPS: Final = 100
CHANNELS: Final = 100
BOTS: Final = 5
HOOKED_BOTS: Final = 3
FEEDS: Final = 50


class Lane(StrEnum):
    """A way posts come; the promise differs for what is asked and what is pushed."""

    VK = "VK walls, asked"
    OK = "OK groups, asked"
    TELEGRAM = "Telegram bots, asked"
    RSS = "feeds, asked"
    VK_HOOK = "VK walls, pushed"
    TELEGRAM_HOOK = "Telegram bots, pushed"

    @property
    def is_pushed(self) -> bool:
        """Say whether the network brings posts by itself."""
        return self in {Lane.VK_HOOK, Lane.TELEGRAM_HOOK}


@dataclass(frozen=True, slots=True)
class Place:
    """A place of a network; `number` counts within it."""

    network: str
    number: int
    lane: Lane

    @property
    def code(self) -> str:
        """Name it as the fake does; a channel is called so, too."""
        return f"{self.network}_bench_{self.number}"


def places() -> list[Place]:
    """Name all of them."""
    found = [Place("vk", n, _of_wall(n)) for n in range(WALLS)]
    found += [Place("ok", n, Lane.OK) for n in range(GROUPS)]
    found += [Place("telegram", n, _of_channel(n)) for n in range(CHANNELS)]
    return found + [Place("rss", n, Lane.RSS) for n in range(FEEDS)]


def _of_wall(number: int) -> Lane:
    return Lane.VK_HOOK if number < HOOKED_WALLS else Lane.VK


def _of_channel(number: int) -> Lane:
    return Lane.TELEGRAM_HOOK if number % BOTS < HOOKED_BOTS else Lane.TELEGRAM


def bot_of(place: Place) -> int:
    """Say which bot is a member of a channel."""
    return place.number % BOTS


def bot_token(bot: int) -> str:
    """Give the token of a bot, the same on both sides."""
    return f"{800 + bot}:bench"
