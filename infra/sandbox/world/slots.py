"""What may stand in braces in a template, filled in once for each story."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final, TypeAlias

from infra.sandbox.world import facts, places
from infra.sandbox.world.grammar import count

# Name, then the cases: кто, кого, кому.
_COMPANIES = (
    ("УК", "УК", "УК"),
    ("управляющая компания", "управляющую компанию", "управляющей компании"),
    ("управляйка", "управляйку", "управляйке"),
    ("управляшка", "управляшку", "управляшке"),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Where, when (local time) and by whom a story is told."""

    place: places.Place
    when: datetime
    female: bool


Filler: TypeAlias = Callable[[Scene, Random], str]


class Slots:
    """Fills slots on demand; the same slot keeps its words within one story."""

    def __init__(self, scene: Scene, dice: Random) -> None:
        self._scene = scene
        self._dice = dice
        self._filled: dict[str, str] = {}
        self._company = dice.choice(_COMPANIES)
        self._route = _route(scene, dice)

    def fill(self, name: str) -> str:
        """Words for a slot."""
        if name not in self._filled:
            self._filled[name] = self._words(name)
        return self._filled[name]

    def _words(self, name: str) -> str:
        if name in _COMPANY:
            return self._company[_COMPANY[name]]
        if name in _ROUTE:
            return _ROUTE[name].format(self._route)
        return _FILLERS[name](self._scene, self._dice)


def _route(scene: Scene, dice: Random) -> str:
    """Two figures within a town, three between villages."""
    within = scene.place.settlement.word == "город"
    return str(dice.randint(1, 38) if within else dice.randint(101, 148))


def _of_place(say: Callable[[places.Place, Random], str]) -> Filler:
    return lambda scene, dice: say(scene.place, dice)


def _of_time(say: Callable[[datetime, Random], str]) -> Filler:
    return lambda scene, dice: say(scene.when, dice)


def _of_chance(say: Callable[[Random], str]) -> Filler:
    return lambda _, dice: say(dice)


def _years(dice: Random) -> str:
    return count(dice.randint(2, 10), "год", "года", "лет")


def _plots(dice: Random) -> str:
    return count(dice.randint(6, 25), "сотка", "сотки", "соток")


def _kilos(dice: Random) -> str:
    return f"{dice.randint(5, 20)} кг"


def _percent(dice: Random) -> str:
    return f"{dice.randrange(5, 100, 5)}%"


_COMPANY: Final = {"uk": 0, "uk_acc": 1, "uk_dat": 2}
_ROUTE: Final = {
    "route": "{}",
    "route_acc": "автобус {}",
    "route_loc": "автобусе {}",
}
_FILLERS: Final[dict[str, Filler]] = {
    "at": _of_place(places.at_house),
    "yard": _of_place(places.at_yard),
    "home": _of_place(places.in_house),
    "of_house": _of_place(places.of_house),
    "street": _of_place(places.at_street),
    "road": _of_place(places.on_road),
    "along": _of_place(places.along_street),
    "crossing": _of_place(places.at_crossing),
    "near": _of_place(places.near),
    "outskirts": _of_place(places.at_outskirts),
    "addr": _of_place(places.address),
    "town_in": _of_place(places.in_town),
    "town_gen": _of_place(places.of_town),
    "town": lambda scene, _: scene.place.settlement.name,
    "town_dat": lambda scene, _: scene.place.settlement.to,
    "entrance": _of_place(places.entrance),
    "school": _of_place(places.school),
    "dur": _of_time(facts.duration),
    "dur_long": _of_time(facts.long_duration),
    "wait": _of_time(facts.waiting),
    "wait_time": _of_time(facts.waited_until),
    "daytime": _of_time(facts.greeting),
    "sum": _of_chance(facts.money),
    "sum_small": _of_chance(facts.small_money),
    "price": _of_chance(facts.small_money),
    "pension": lambda _, dice: f"{dice.randint(13, 19)} тысяч",
    "phone": _of_chance(facts.phone),
    "email": _of_chance(facts.email),
    "link": _of_chance(facts.link),
    "passport": _of_chance(facts.passport),
    "account": _of_chance(facts.account),
    "flat": lambda _, dice: str(dice.randint(1, 120)),
    "first_name": lambda scene, dice: facts.first_name(dice, female=scene.female),
    "full_name": lambda scene, dice: facts.full_name(dice, female=scene.female),
    "percent": _of_chance(_percent),
    "years": _of_chance(_years),
    "sotok": _of_chance(_plots),
    "kilos": _of_chance(_kilos),
    "small": lambda _, dice: str(dice.randint(5, 20)),
}
NAMES: Final = frozenset({*_COMPANY, *_ROUTE, *_FILLERS})
