"""What the demonstration watches, how, and with which tokens of the fake networks."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

PUSHED: Final = ("portal",)
"""Pages whose posts the sandbox itself pushes: a system of the region's own."""

_BASES: Final = {
    "OTKLIK_VK_BASE": "/vk",
    "OTKLIK_OK_BASE": "/ok",
    "OTKLIK_TELEGRAM_BASE": "/telegram",
}
_OPTIONS: Final = "OTKLIK_NETWORK_OPTIONS"
_PACE: Final[Mapping[str, Mapping[str, Any]]] = {
    "vk": {"service_per_second": 2, "calls_per_poll": 5},
    "ok": {"per_second": 2, "calls_per_poll": 5},
}
"""Calls of one key a second: one below what the fakes allow, for they count by their
own clock. Several groups share one reader, and each must have its turn."""


def environment_of(sandbox_url: str, given: Mapping[str, str]) -> dict[str, str]:
    """Say where the fake networks are; what the surroundings say already wins."""
    told = {name: f"{sandbox_url}{path}" for name, path in _BASES.items()}
    told["OTKLIK_FEED_ALLOW"] = sandbox_url.removeprefix("http://")
    usual = {**_PACE, "telegram": {"preview_base": f"{sandbox_url}/tme"}}
    wanted: dict[str, dict[str, Any]] = json.loads(given.get(_OPTIONS) or "{}")
    networks = usual.keys() | wanted.keys()
    told[_OPTIONS] = json.dumps(
        {one: {**usual.get(one, {}), **wanted.get(one, {})} for one in networks}
    )
    kept = {name: given[name] for name in _BASES if given.get(name)}
    return {**told, **kept}


@dataclass(frozen=True, slots=True)
class Watch:
    """A page of the world and the link an operator would paste.

    In links `{name}` is the page's screen name, `{number}` its number in the network.
    `key` is the label of the credential chosen for it; `hooked`: its network pushes.
    """

    page: str
    link: str
    every: int
    intake: str = "matched"
    key: str | None = None
    name: str | None = None
    hooked: bool = False

    @property
    def is_bot_with_webhook(self) -> bool:
        """Tell whether nobody may ask for its updates."""
        return self.hooked and self.link == _BOT


SERVICE: Final = "Сервисный ключ приложения"
COMMUNITY: Final = "Ключ сообщества области"
READER: Final = "Приложение области"
GROUP_ADMIN: Final = "Администратор группы области"
ANSWERING_BOT: Final = "Бот для ответов"
ANSWERING_BOT_NUMBER: Final = "800"
"""The fake's own bot: it is in every channel and speaks there as the channel."""

VK_OWN: Final = "vk-oblast"
OK_OWN: Final = "ok-oblast-official"
TG_OWN: Final = "tg-oblast"
TG_HOOKED: Final = "tg-vetlogorsk"

BOTS: Final = {
    TG_HOOKED: "Бот канала «Ветлогорск сейчас»",
    "tg-novokedrovsk": "Бот чата Новокедровска",
    "tg-yagodino": "Бот канала «Ягодино, свои»",
    TG_OWN: "Бот официального канала",
}
"""Channels that let a bot in, and what its token is called."""

_WALL: Final = "https://vk.com/{name}"
_CLUB: Final = "https://vk.com/club{number}"
_SEARCH: Final = "https://vk.com/search?q=Светлоборск"
_GROUP: Final = "https://ok.ru/{name}"
_BOT: Final = "https://t.me/{name}_bot"
_PREVIEW: Final = "https://t.me/s/{name}"

WATCHED: Final = (
    Watch("vk-vetlogorsk", _WALL, 15),
    Watch("vk-novokedrovsk", _WALL, 15),
    Watch("vk-tihorechensk", _WALL, 20),
    Watch("vk-kamenobrod", _WALL, 20),
    # Nobody watches this wall: what is written there is found by its words.
    Watch("vk-svetloborsk", _SEARCH, 60, name="Поиск: Светлоборск"),
    Watch(VK_OWN, _CLUB, 60, "all", key=COMMUNITY, hooked=True),
    Watch("ok-luginino", _GROUP, 30),
    Watch("ok-dolgoozernoe", _GROUP, 30),
    Watch("ok-klyuchiki", _GROUP, 30),
    Watch("ok-oblast", _GROUP, 60),
    Watch(OK_OWN, _GROUP, 60, "all", key=GROUP_ADMIN),
    Watch(TG_HOOKED, _BOT, 300, key=BOTS[TG_HOOKED], hooked=True),
    Watch("tg-novokedrovsk", _BOT, 10, key=BOTS["tg-novokedrovsk"]),
    Watch("tg-yagodino", _BOT, 10, key=BOTS["tg-yagodino"]),
    Watch("tg-berestyanka", _PREVIEW, 300),
    Watch(TG_OWN, _BOT, 10, "all", key=BOTS[TG_OWN]),
)


def bot_token(page: str) -> str:
    """Make up the token of the bot that one channel lets in."""
    return f"{801 + list(BOTS).index(page)}:sandbox-{page}"
