"""The invented region as an administrator would set it up."""

from collections import Counter

import pytest

from infra.sandbox.world import NamedPlace, load_region
from shared.library import starter

REGION = load_region()


def test_region_has_municipalities_pages_and_authorities_enough() -> None:
    assert REGION.code == "demo"
    assert len(REGION.municipalities) >= 8
    assert {page.network for page in REGION.pages} >= {
        "vk",
        "ok",
        "telegram",
        "portal",
        "livejournal",
        "rss",
    }
    assert {page.delivery for page in REGION.pages} == {"push", "feed", "api"}


def test_codes_are_unique() -> None:
    codes = [
        *(one.code for one in REGION.municipalities),
        *(page.code for page in REGION.pages),
        *(authority.code for authority in REGION.authorities),
    ]

    assert [code for code, times in Counter(codes).items() if times > 1] == []


def test_every_municipality_has_a_page_of_its_own() -> None:
    with_page = {page.municipality for page in REGION.pages}

    assert {one.code for one in REGION.municipalities} <= with_page


def test_adjective_streets_are_inflected_and_the_others_carry_their_forms() -> None:
    town = REGION.municipality("vetlogorsk").settlements[0]
    streets = {street.short: street for street in town.streets}

    assert (streets["Садовая"].inside, streets["Садовая"].along) == (
        "на Садовой",
        "по Садовой",
    )
    assert streets["Кузнечный пер."].inside == "в Кузнечном переулке"


def test_unknown_page_is_an_error() -> None:
    with pytest.raises(KeyError):
        REGION.page("nobody")


def test_places_can_be_looked_up_by_a_gazetteer() -> None:
    assert {
        NamedPlace("municipality", "Тихореченский район", "tihorechensky"),
        NamedPlace("settlement", "деревня Малая Плёсовка", "tihorechensky"),
        NamedPlace("street", "улица Больничная", "tihorechensky"),
    } <= set(REGION.places)


def test_local_topic_goes_to_the_administration_and_else_to_the_ministry() -> None:
    pothole = [route for route in REGION.routes if route.topic == "roads.pothole"]

    assert starter.Route("roads.pothole", "adm.luginsky", "luginsky") in pothole
    assert pothole[-1] == starter.Route("roads.pothole", "roads")
    assert len(pothole) == len(REGION.municipalities) + 1


def test_every_route_leads_to_an_authority_of_the_region() -> None:
    known = {authority.code for authority in REGION.authorities}

    assert {route.authority for route in REGION.routes} <= known
