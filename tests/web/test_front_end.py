"""What templates, styles and scripts may hold."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
STATIC = sorted(
    path
    for path in (WEB / "static").rglob("*")
    if path.suffix in {".css", ".js", ".svg"} and "vendor" not in path.parts
)
VENDORED = sorted((WEB / "static" / "vendor").iterdir())
_OUTSIDE = re.compile(r"""(?:src|href|url|action)\s*[=(]\s*["']?\s*(?:https?:)?//""")
_ADDRESS = re.compile(r"https?://[^\s\"'<>)]+")
_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
# Names of the SVG standard are not addresses anybody asks.
_NAMES = {"http://www.w3.org/2000/svg"}


def name(path: Path) -> str:
    return path.relative_to(WEB).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 90


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_has_no_script_style_or_handler_of_its_own(path: Path) -> None:
    text = path.read_text()

    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|hx-on", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_leaves_escaping_on(path: Path) -> None:
    assert not re.search(r"\|\s*safe\b|autoescape\s+false|Markup", path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_template_says_everything_through_gettext(path: Path) -> None:
    text = _CODE.sub("", path.read_text())
    shown = re.sub(r'<[^>]*>|[\w-]+="[^"]*"', " ", text)

    words = re.findall(r"[A-Za-zА-Яа-яЁё]{2,}", shown)
    technical = {"RU", "EN", "CSV", "curl", "Authorization", "Bearer", "OTKLIK", "api"}
    technical |= {"archive", "posts", "openapi", "json", "required"}
    assert set(words) <= technical


@pytest.mark.parametrize("path", [*TEMPLATES, *STATIC], ids=name)
def test_file_asks_nothing_from_outside(path: Path) -> None:
    text = path.read_text()

    assert set(_ADDRESS.findall(text)) <= _NAMES
    assert not _OUTSIDE.search(text)


@pytest.mark.parametrize("path", [p for p in VENDORED if p.is_dir()], ids=name)
def test_vendored_part_has_its_licence_version_and_loads_nothing(path: Path) -> None:
    listed = (path.parent / "README.md").read_text()

    assert (path / "LICENSE").is_file()
    assert re.search(rf"`{path.name}/` \| [^|]+ \| \d+\.\d+\.\d+ \| [^|]+ \|", listed)
    for file in path.rglob("*.css"):
        assert not _OUTSIDE.search(file.read_text())
        assert "@import" not in file.read_text()


def test_sprite_has_every_icon_that_is_used_and_no_other() -> None:
    sprite = (WEB / "static/vendor/tabler-icons/sprite.svg").read_text()
    there = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    sources = [path.read_text() for path in (*TEMPLATES, *WEB.rglob("*.py"))]

    asked = {n for s in sources for n in re.findall(r"""icon\(\s*["']([\w-]+)""", s)}
    named = {
        n for s in sources for n in re.findall(r"""["']([a-z][a-z0-9-]*)["']""", s)
    }
    assert asked <= there
    assert there <= named


def test_script_of_the_desk_uses_nothing_the_policy_forbids() -> None:
    script = (WEB / "static/desk.js").read_text()

    assert not re.search(
        r"\beval\b|new Function|innerHTML|\.style\b|document\.write", script
    )
    assert not re.search(r"[А-Яа-яЁё]", script)
