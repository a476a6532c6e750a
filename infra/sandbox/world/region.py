"""The invented region as data: municipalities, settlements, streets and pages."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from shared.library import starter

_FEMININE = (("ая", "ой"), ("яя", "ей"))


@dataclass(frozen=True, slots=True)
class Street:
    """A street with the cases residents use; a bare name is an adjective («Садовая»).

    `inside` answers «где?», `of` «чего?», `along` «по чему?».
    """

    name: str
    short: str
    inside: str
    of: str
    along: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """A town or a village with its forms; `houses` is the highest house number."""

    name: str
    word: str
    inside: str
    of: str
    to: str
    into: str
    beyond: str
    houses: int
    has_flats: bool
    streets: tuple[Street, ...]


@dataclass(frozen=True, slots=True)
class Municipality:
    code: str
    name: str
    authority: starter.Authority
    weight: int
    settlements: tuple[Settlement, ...]

    @property
    def aliases(self) -> tuple[str, ...]:
        """Names under which residents know it."""
        return tuple(settlement.name for settlement in self.settlements)


@dataclass(frozen=True, slots=True)
class Page:
    """A public page or channel, of one municipality or of the whole region.

    Posts of a page with `delivery` "push" come through the ingest API, those of a
    "feed" page are read from its feed, those of an "api" page are seen through the
    fake of its network alone. To an `official` page people write with care and about
    public services only.
    """

    code: str
    name: str
    network: str
    delivery: str
    weight: float
    municipality: str | None = None
    official: bool = False

    @property
    def is_commented(self) -> bool:
        """Tell whether people comment here: not in a portal, a feed has no place."""
        return self.delivery == "api" or (self.delivery == "push" and not self.official)


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A name on the map; `kind` is municipality, settlement or street."""

    kind: str
    name: str
    municipality: str


@dataclass(frozen=True, slots=True)
class Region:
    """The whole of it, as an administrator would set it up."""

    code: str
    name: str
    timezone: str
    municipalities: tuple[Municipality, ...]
    pages: tuple[Page, ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def places(self) -> tuple[NamedPlace, ...]:
        """Everything that has a name, for a gazetteer."""
        return tuple(
            place for one in self.municipalities for place in _named_places(one)
        )

    @property
    def routes(self) -> tuple[starter.Route, ...]:
        """Who answers for which topic and where; the first that fits decides."""
        return starter.load().routes(
            {one.code: one.authority.code for one in self.municipalities}
        )

    @property
    def authorities(self) -> tuple[starter.Authority, ...]:
        """Bodies of the region, then the administrations of its municipalities."""
        return (
            *starter.load().authorities,
            *(municipality.authority for municipality in self.municipalities),
        )

    def page(self, code: str) -> Page:
        """Give the page of this code; raise KeyError when there is none."""
        for page in self.pages:
            if page.code == code:
                return page
        raise KeyError(code)

    def municipality(self, code: str) -> Municipality:
        return next(one for one in self.municipalities if one.code == code)


@cache
def load_region() -> Region:
    """Read the region's file."""
    text = files(__package__).joinpath("region.toml").read_text("utf-8")
    data = tomllib.loads(text)
    irregular = {
        street["name"]: _irregular_street(street) for street in data["irregular_street"]
    }
    return Region(
        code=data["code"],
        name=data["name"],
        timezone=data["timezone"],
        municipalities=tuple(
            _municipality(one, irregular) for one in data["municipality"]
        ),
        pages=tuple(Page(**page) for page in data["page"]),
    )


def _named_places(municipality: Municipality) -> Iterator[NamedPlace]:
    code = municipality.code
    yield NamedPlace("municipality", municipality.name, code)
    for settlement in municipality.settlements:
        kind = f"{settlement.word} {settlement.name}"
        yield NamedPlace("settlement", kind, code)
        for street in settlement.streets:
            yield NamedPlace("street", street.name, code)


def _municipality(
    data: Mapping[str, Any], irregular: Mapping[str, Street]
) -> Municipality:
    return Municipality(
        code=data["code"],
        name=data["name"],
        authority=starter.Authority(
            f"adm.{data['code']}", data["authority"], data["authority_short"]
        ),
        weight=data["weight"],
        settlements=tuple(_settlement(one, irregular) for one in data["settlement"]),
    )


def _settlement(data: Mapping[str, Any], irregular: Mapping[str, Street]) -> Settlement:
    return Settlement(
        name=data["name"],
        word=data["word"],
        inside=data["in"],
        of=data["of"],
        to=data["to"],
        into=data["into"],
        beyond=data["beyond"],
        houses=data["houses"],
        has_flats=data.get("flats", False),
        streets=tuple(
            irregular.get(name) or _regular_street(name) for name in data["streets"]
        ),
    )


def _irregular_street(data: Mapping[str, Any]) -> Street:
    return Street(data["name"], data["short"], data["in"], data["of"], data["along"])


def _regular_street(name: str) -> Street:
    oblique = next(
        name.removesuffix(ending) + changed
        for ending, changed in _FEMININE
        if name.endswith(ending)
    )
    return Street(f"улица {name}", name, f"на {oblique}", oblique, f"по {oblique}")
