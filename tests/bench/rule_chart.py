"""Draws posts a second against the number of rules as SVG, both axes by powers."""

from collections.abc import Mapping, Sequence
from math import log10
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 230, 44, 50
LINE = 14
COLOURS = ("#1f6feb", "#2f8f4e", "#8250df", "#bf5b04", "#6e7781")

Points = Sequence[tuple[int, float]]


def chart(title: str, lines: Mapping[str, Points]) -> str:
    """Draw a line for each name; every point is (rules, posts a second)."""
    sizes = sorted({size for points in lines.values() for size, _ in points})
    rates = [rate for points in lines.values() for _, rate in points]
    across = (log10(sizes[0]), log10(sizes[-1]))
    up = (float(int(log10(min(rates)))), float(int(log10(max(rates))) + 1))

    def x(size: int) -> float:
        share = (log10(size) - across[0]) / ((across[1] - across[0]) or 1.0)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(rate: float) -> float:
        share = (log10(rate) - up[0]) / (up[1] - up[0])
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    parts = [_text(LEFT, 24, title, "start", bold=True)]
    for power in range(int(up[0]), int(up[1]) + 1):
        parts += [
            _rule(LEFT, y(10**power), WIDTH - RIGHT, y(10**power)),
            _text(LEFT - 8, y(10**power) + 4, f"{10**power:,}", "end"),
        ]
    for size in sizes:
        parts += [
            _rule(x(size), TOP, x(size), HEIGHT - BOTTOM),
            _text(x(size), HEIGHT - BOTTOM + 18, f"{size:,}", "middle"),
        ]
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(_text(middle, HEIGHT - 10, "rules", "middle"))
    beside = _apart([y(points[-1][1]) + 4 for points in lines.values()])
    for (name, points), colour, at in zip(lines.items(), COLOURS, beside, strict=False):
        placed = [(x(size), y(rate)) for size, rate in points]
        parts.append(_line(placed, colour))
        parts.append(_text(placed[-1][0] + 10, at, name, "start", colour))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' font-family="sans-serif" font-size="12" role="img">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _apart(heights: Sequence[float]) -> list[float]:
    """Move names down that would stand on one another, the order kept."""
    moved = list(heights)
    above = float("-inf")
    for place in sorted(range(len(moved)), key=moved.__getitem__):
        above = moved[place] = max(moved[place], above + LINE)
    return moved


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="#d0d7de"/>'


def _line(placed: Sequence[tuple[float, float]], colour: str) -> str:
    points = " ".join(f"{x},{y}" for x, y in placed)
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="3.5"/>' for x, y in placed)
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        f'<g fill="{colour}">{dots}</g>'
    )


def _text(
    x: float,
    y: float,
    text: str,
    anchor: str,
    colour: str = "#24292f",
    *,
    bold: bool = False,
) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{round(x, 1)}" y="{round(y, 1)}" text-anchor="{anchor}"'
        f' fill="{colour}"{weight}>{escape(text)}</text>'
    )
