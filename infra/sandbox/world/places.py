"""How a resident names the place: an address in the case the sentence asks for."""

from dataclasses import dataclass
from random import Random

from infra.sandbox.world.region import Municipality, Settlement, Street

_NEAR = (
    "возле школы",
    "у остановки",
    "рядом с детским садом",
    "напротив аптеки",
    "у магазина",
    "за почтой",
    "возле рынка",
    "у поликлиники",
    "рядом с домом культуры",
    "у переезда",
    "возле стадиона",
)
_CORNERS = ("школы", "рынка", "почты", "вокзала", "поликлиники")
_BEYOND_STREET = ("за гаражами", "в овраге", "за огородами", "на пустыре")
_ORDINALS = ("первом", "втором", "третьем", "четвёртом")
_GENITIVE_WORD = {
    "город": "города",
    "посёлок": "посёлка",
    "село": "села",
    "деревня": "деревни",
}
_FAR = "город"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the problem is; a `tacit` place is known to the page, not named.

    `town_told` says whether the name of the settlement is put beside the street.
    """

    municipality: Municipality
    settlement: Settlement
    street: Street
    crossing: Street
    house: int
    tacit: bool = False
    town_told: bool = False


def at_house(place: Place, dice: Random) -> str:
    """Где: «на Садовой, 14»."""
    if place.tacit:
        return dice.choice(("у нас", "у нас в доме", "в нашем доме"))
    street, house = place.street, place.house
    told = _told(place)
    return dice.choice(
        (
            f"{told}{street.inside}, {house}",
            f"{told}{street.inside}, {house}",
            f"{told}{street.inside} {house}",
            f"{told}{street.inside}, д. {house}",
            f"{told}{street.inside}, дом {house}",
            f"по адресу {_in_town(place)}{short_address(place)}",
        )
    )


def at_yard(place: Place, dice: Random) -> str:
    """Где, под открытым небом: «на Садовой, 14»."""
    if place.tacit:
        return dice.choice(("у нас", "у нас на улице", "возле нашего дома"))
    return at_house(place, dice)


def in_house(place: Place, dice: Random) -> str:
    """Где: «в доме 14 на Садовой»."""
    if place.tacit:
        return dice.choice(("в нашем доме", "у нас в доме", "у нас"))
    street, house = place.street, place.house
    return dice.choice(
        (
            f"{_told(place)}в доме {house} {street.inside}",
            f"{_told(place)}в доме № {house} {street.inside}",
            f"{_told(place)}{street.inside}, {house}",
            f"в доме по адресу {_in_town(place)}{short_address(place)}",
        )
    )


def of_house(place: Place, dice: Random) -> str:
    """Чего: «дома 14 на Садовой»."""
    if place.tacit:
        return "нашего дома"
    street, house = place.street, place.house
    return dice.choice(
        (f"дома {house} {street.inside}", f"дома № {house} {street.inside}")
    )


def at_street(place: Place, dice: Random) -> str:
    """Где: «на Садовой возле дома 14»."""
    if place.tacit:
        return dice.choice(("на нашей улице", "у нас на улице", "возле нашего дома"))
    street, house = place.street, place.house
    return _told(place) + dice.choice(
        (
            street.inside,
            street.inside,
            full_street(street),
            f"{street.inside} возле дома {house}",
            f"{street.inside} напротив дома {house}",
            f"{street.inside} у дома {house}",
            f"{street.inside} в районе дома {house}",
        )
    )


def on_road(place: Place, _: Random) -> str:
    """Где, без дома: «на Садовой»."""
    return "на нашей улице" if place.tacit else _told(place) + place.street.inside


def along_street(place: Place, _: Random) -> str:
    """По чему: «по Садовой»."""
    return "по нашей улице" if place.tacit else place.street.along


def at_crossing(place: Place, dice: Random) -> str:
    """Где: «на перекрёстке Садовой и Лесной»."""
    if place.tacit or place.crossing == place.street:
        return f"на перекрёстке у {dice.choice(_CORNERS)}"
    corner = dice.choice(("на перекрёстке", "на пересечении", "на углу"))
    return f"{_told(place)}{corner} {place.street.of} и {place.crossing.of}"


def near(_: Place, dice: Random) -> str:
    """Рядом с чем: «возле школы»."""
    return dice.choice(_NEAR)


def at_outskirts(place: Place, dice: Random) -> str:
    """Где за околицей: «в лесополосе за Тихореченском»."""
    town = place.settlement
    return dice.choice(
        (
            f"на въезде {town.into}",
            f"в лесополосе {town.beyond}",
            f"у дороги {town.beyond}",
            f"на берегу речки у {town.of}",
            f"{dice.choice(_BEYOND_STREET)} {place.street.inside} {town.inside}",
        )
    )


def short_address(place: Place) -> str:
    """«Садовая, 14»."""
    return f"{place.street.short}, {place.house}"


def address(place: Place, dice: Random) -> str:
    """Address as on an envelope, in the nominative."""
    town = f"{place.settlement.name}, " if place.town_told else ""
    street = place.street
    name = street.short
    if street.name == f"улица {name}":
        name = dice.choice((name, f"ул. {name}", f"ул {name}", f"улица {name}"))
    house = dice.choice((f"{place.house}", f"д. {place.house}", f"дом {place.house}"))
    return f"{town}{name}, {house}"


def in_town(place: Place, _: Random) -> str:
    """Где: «в Тихореченске»."""
    return "у нас" if place.tacit else place.settlement.inside


def of_town(place: Place, _: Random) -> str:
    """Чего: «Тихореченска»."""
    if place.tacit:
        return _GENITIVE_WORD[place.settlement.word]
    return place.settlement.of


def entrance(_: Place, dice: Random) -> str:
    """«во втором подъезде»."""
    number = dice.choice(_ORDINALS)
    return f"{'во' if number.startswith('вт') else 'в'} {number} подъезде"


def school(place: Place, dice: Random) -> str:
    """School number where there are several: «№ 3»."""
    if place.settlement.word != _FAR:
        return ""
    number = dice.randint(1, 12)
    return dice.choice((f"№ {number}", f"№{number}", f"{number}"))


def full_street(street: Street) -> str:
    """«на улице Садовой» for «улица Садовая»; other kinds stay as they are."""
    if street.name == f"улица {street.short}":
        return f"на улице {street.of}"
    return street.inside


def _told(place: Place) -> str:
    return f"{place.settlement.inside} " if place.town_told else ""


def _in_town(place: Place) -> str:
    return f"{place.settlement.name}, " if place.town_told else ""
