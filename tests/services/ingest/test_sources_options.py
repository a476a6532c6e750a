"""Options of sources: declared once, read by the connectors, refused otherwise."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.ingest.sources.options import (
    NotAnOption,
    checked,
    declared,
    of_the_installation,
    options_for,
)

ROOT = Path(__file__).parents[3]
ALWAYS_THERE = {"zone", "pause_s"}


def _read_by(network: str) -> Iterator[str]:
    """Find what a network's modules ask of `options`, by their source."""
    folders = (f"services/ingest/sources/{network}", f"shared/networks/{network}")
    for folder in folders:
        for path in sorted((ROOT / folder).glob("*.py")):
            yield from _asked_in(ast.parse(path.read_text("utf-8")))


def _asked_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        asked = ast.unparse(node.func).endswith("options.get") and node.args[0]
        if isinstance(asked, ast.Constant):
            yield str(asked.value)


def _networks() -> list[str]:
    folders = (ROOT / "services/ingest/sources").iterdir()
    return sorted(each.name for each in folders if (each / "connector.py").is_file())


@pytest.mark.parametrize("network", _networks())
def test_all_that_connectors_read_is_declared(network: str) -> None:
    known = {each.name for each in declared() if each.network == network}

    read = set(_read_by(network))

    assert read - known - of_the_installation().get(network, frozenset()) == (
        read & ALWAYS_THERE
    )


def test_every_option_says_what_it_is_and_takes_its_usual_value() -> None:
    every = declared()

    assert all(all(each.titles.values()) for each in every)
    assert all(bool(e.hints["ru"]) == bool(e.hints["en"]) for e in every)
    assert all(all(v.said.values()) for each in every for v in each.values)
    assert [each.read(each.usual) for each in every] == [each.usual for each in every]


def test_no_option_is_the_installation_s_as_well() -> None:
    both = [
        (each.network, each.name)
        for each in declared()
        if each.name in of_the_installation().get(each.network, ())
    ]

    assert both == []


def test_options_are_those_of_the_kind_of_place() -> None:
    names = [each.name for each in options_for("vk", "search")]

    assert names == ["push", "first_hours", "calls_per_poll"]
    assert options_for("rss", "feed") == ()


@pytest.mark.parametrize(
    ("place", "given", "read"),
    [
        (("vk", "wall"), {}, {}),
        (("vk", "wall"), {"history_days": 30}, {"history_days": 30}),
        (("vk", "wall"), {"history_days": "30"}, {"history_days": 30}),
        (("vk", "wall"), {"history_days": 7}, {}),
        (("vk", "wall"), {"push": "long_poll"}, {"push": "long_poll"}),
        (("vk", "wall"), {"push": "polls"}, {}),
        (("ok", "group"), {"activity": False}, {"activity": False}),
        (("ok", "group"), {"activity": "false"}, {"activity": False}),
        (("ok", "group"), {"activity": "true"}, {}),
        (("tiktok", "tag"), {"regions": " RU,BY "}, {"regions": "RU,BY"}),
        (("tiktok", "tag"), {"regions": ""}, {}),
        (("x", "search"), {"posts_a_day": 0}, {"posts_a_day": 0}),
    ],
)
def test_settings_are_read_as_json_and_as_text(
    place: tuple[str, str], given: dict[str, object], read: dict[str, object]
) -> None:
    assert checked(*place, given) == read


@pytest.mark.parametrize(
    ("place", "given"),
    [
        (("vk", "wall"), {"histori_days": 7}),
        (("vk", "search"), {"history_days": 7}),
        (("vk", "wall"), {"history_days": 0}),
        (("vk", "wall"), {"history_days": 366}),
        (("vk", "wall"), {"history_days": True}),
        (("vk", "wall"), {"history_days": 7.5}),
        (("vk", "wall"), {"history_days": None}),
        (("vk", "wall"), {"history_days": "много"}),
        (("vk", "wall"), {"push": "callback"}),
        (("vk", "wall"), {"push": ["polls"]}),
        (("vk", "wall"), {"id_base": "https://thief.example"}),
        (("ok", "group"), {"activity": "perhaps"}),
        (("ok", "group"), {"activity": 1}),
        (("rss", "feed"), {"zone": "UTC"}),
        (("tiktok", "tag"), {"regions": "R" * 101}),
        (("tiktok", "tag"), {"regions": ["RU"]}),
        (("tiktok", "tag"), {"regions": "RU\nBY"}),
        (("tiktok", "account"), {"regions": "RU"}),
    ],
)
def test_what_is_no_option_is_refused(
    place: tuple[str, str], given: dict[str, object]
) -> None:
    with pytest.raises(NotAnOption) as refused:
        checked(*place, given)

    assert refused.value.name == next(iter(given))
