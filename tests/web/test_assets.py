"""Static files: one hash, long cache, compression."""

import gzip
from pathlib import Path

import pytest

from tests.web.conftest import Browser
from web.assets import BUNDLE, Assets


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets.load()


def test_stylesheets_are_joined_in_name_order(assets: Assets) -> None:
    css = assets.files[BUNDLE].body.decode()

    assert css.index("--accent:") < css.index(".topbar") < css.index("@page")
    assert [name for name in assets.files if name.startswith("css/")] == [BUNDLE]


def test_any_changed_byte_changes_every_address(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_bytes(b"1")
    (tmp_path / "b.js").write_bytes(b"1")
    before = Assets.load(tmp_path).url("b.js")
    (tmp_path / "a.js").write_bytes(b"2")

    assert Assets.load(tmp_path).url("b.js") != before


def test_unknown_file_fails_where_it_is_named(assets: Assets) -> None:
    with pytest.raises(KeyError, match="no static file"):
        assets.url("nothing.js")


async def test_file_is_kept_for_a_year_under_its_hash(
    stranger: Browser, assets: Assets
) -> None:
    response = await stranger.client.get(assets.url("desk.js"))

    assert response.status_code == 200
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["content-encoding"] == "gzip"
    assert response.content == assets.files["desk.js"].body


async def test_hash_of_an_old_page_still_gets_the_file_for_a_while(
    stranger: Browser,
) -> None:
    response = await stranger.client.get("/static/000000000000/desk.js")

    assert response.headers["cache-control"] == "public, max-age=60"


async def test_client_without_compression_gets_the_plain_file(
    stranger: Browser, assets: Assets
) -> None:
    response = await stranger.client.get(
        assets.url("desk.js"), headers={"Accept-Encoding": "identity"}
    )

    assert "content-encoding" not in response.headers


@pytest.mark.parametrize(
    "name", ["nothing.css", "%2e%2e/settings.py", "css/01-tokens.css"]
)
async def test_only_listed_files_are_served(stranger: Browser, name: str) -> None:
    response = await stranger.client.get(f"/static/000000000000/{name}")

    assert response.status_code == 404


def test_fonts_named_by_the_stylesheet_are_there(assets: Assets) -> None:
    css = assets.files[BUNDLE].body.decode()

    fonts = [name for name in assets.files if name.endswith(".woff2")]
    assert len(fonts) == 4
    assert all(f'url("../{name}")' in css for name in fonts)
    assert all(assets.files[name].media_type == "font/woff2" for name in fonts)


def test_compressed_bodies_are_the_same_every_time(assets: Assets) -> None:
    packed = assets.files["desk.js"].packed

    assert packed == Assets.load().files["desk.js"].packed
    assert gzip.decompress(packed or b"") == assets.files["desk.js"].body
