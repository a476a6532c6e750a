"""Chooses where something happens, what it is, on which page it is told and by whom."""

from dataclasses import replace
from random import Random
from typing import Final

from infra.sandbox.world import facts, phrasebook
from infra.sandbox.world.dice import chance, weighted
from infra.sandbox.world.model import Author, Tone
from infra.sandbox.world.phrasebook import CITY, FLATS, ComplaintKind
from infra.sandbox.world.places import Place
from infra.sandbox.world.region import Municipality, Page, Region, Settlement

TONES: Final = (
    (Tone.COMPLAINT, 60),
    (Tone.QUESTION, 9),
    (Tone.WISH, 5),
    (Tone.THANKS, 6),
    (Tone.UNCONSTRUCTIVE, 7),
    (Tone.ADVERT, 8),
    (Tone.SPAM, 5),
)
IDLE: Final = frozenset({Tone.UNCONSTRUCTIVE, Tone.ADVERT, Tone.SPAM})
UNDER_A_COMPLAINT: Final = (
    (Tone.COMPLAINT, 38),
    (Tone.UNCONSTRUCTIVE, 40),
    (Tone.QUESTION, 8),
    (Tone.ADVERT, 5),
    (Tone.SPAM, 9),
)
UNDER_OTHER_POSTS: Final = (
    (Tone.UNCONSTRUCTIVE, 55),
    (Tone.THANKS, 12),
    (Tone.QUESTION, 12),
    (Tone.ADVERT, 8),
    (Tone.SPAM, 13),
)
_TACIT, _REGIONAL_TOWN_TOLD, _LOCAL_TOWN_TOLD = 18, 92, 22
_NEIGHBOURS: Final = (-4, -2, 0, 0, 2, 4)


def some_place(region: Region, dice: Random) -> Place:
    """Choose a place; more people, more posts."""
    municipality = weighted(
        dice, tuple((one, one.weight) for one in region.municipalities)
    )
    settlement = _settlement(municipality, dice)
    return Place(
        municipality=municipality,
        settlement=settlement,
        street=dice.choice(settlement.streets),
        crossing=dice.choice(settlement.streets),
        house=dice.randint(1, settlement.houses),
    )


def nearby(place: Place, dice: Random) -> Place:
    """Choose another house of the same street."""
    house = place.house + dice.choice(_NEIGHBOURS)
    return replace(place, house=max(1, house))


def some_kind(place: Place, month: int, dice: Random) -> ComplaintKind:
    """Choose a trouble that this place can have in this month."""
    kinds = tuple(
        (kind, kind.weight)
        for kind in phrasebook.load().kinds
        if month in kind.months and _can_happen(kind, place.settlement)
    )
    return weighted(dice, kinds)


def some_page(region: Region, place: Place, tone: Tone, dice: Random) -> Page:
    """Choose a page of the place or one of the whole region."""
    pages = tuple(
        (page, page.weight)
        for page in region.pages
        if page.municipality in {place.municipality.code, None}
        and not (page.official and tone in IDLE)
    )
    return weighted(dice, pages)


def named_on(page: Page, place: Place, dice: Random) -> Place:
    """Decide what of the place is said: neighbours leave out what they all know."""
    if page.municipality is None:
        return replace(place, town_told=chance(dice, _REGIONAL_TOWN_TOLD))
    return replace(
        place,
        tacit=chance(dice, _TACIT),
        town_told=chance(dice, _LOCAL_TOWN_TOLD) or _is_aside(place),
    )


def some_author(dice: Random, *, female: bool) -> Author:
    """Make up a resident."""
    number = dice.randint(10_000, 99_999)
    return Author(f"u{number}", facts.screen_name(dice, female=female))


def _settlement(municipality: Municipality, dice: Random) -> Settlement:
    centre, *others = municipality.settlements
    return dice.choice(others) if others and chance(dice, 25) else centre


def _is_aside(place: Place) -> bool:
    """Say whether the place is not the centre, which goes without saying."""
    return place.settlement is not place.municipality.settlements[0]


def _can_happen(kind: ComplaintKind, settlement: Settlement) -> bool:
    if kind.where == CITY:
        return settlement.word == "город"
    return kind.where != FLATS or settlement.has_flats
