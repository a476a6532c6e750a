"""Colours of the tokens are readable: WCAG AA in the light and the dark."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "web/static/css/01-tokens.css"
_PAIR = re.compile(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
COLOURS = {
    name: (light, dark) for name, light, dark in _PAIR.findall(TOKENS.read_text())
}
GROUNDS = ("ground", "surface", "raised", "sunken", "hover")
HUES = ("danger", "warn", "ok", "info")

TEXTS = [
    *((ink, ground) for ink in ("ink", "ink-2", "accent") for ground in GROUNDS),
    *(("ink-3", ground) for ground in ("ground", "surface", "raised")),
    *((hue, ground) for hue in HUES for ground in ("ground", "surface", f"{hue}-soft")),
    ("ink", "accent-soft"),
    ("ink-2", "accent-soft"),
    ("ink-3", "accent-soft"),
    ("accent", "accent-soft"),
    ("mark-ink", "mark"),
    *(("ink", f"{hue}-soft") for hue in HUES),
]
EDGES = [("line-strong", "surface"), ("accent", "surface"), ("accent", "ground")]


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXTS)
def test_text_stands_out_from_its_ground(ink: str, ground: str, theme: int) -> None:
    assert contrast(COLOURS[ink][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_of_controls_are_seen(edge: str, ground: str, theme: int) -> None:
    assert contrast(COLOURS[edge][theme], COLOURS[ground][theme]) >= 3


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("button", ["accent-solid", "accent-solid-hover"])
def test_white_on_the_main_button_is_readable(button: str, theme: int) -> None:
    assert contrast("#ffffff", COLOURS[button][theme]) >= 4.5
