"""`make screenshots`: the pictures of the documents, from a real run of the demo."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser import chromium
from tests.installation import ROOT, Installation, installation

PAGES = {
    "queue": "/queue",
    "incidents": "/incidents",
    "archive": "/archive?q=вода",
    "report": "/report",
}
SIZES = {"1440": (1440, 900), "360": (360, 780)}
FOLDER = ROOT / "docs" / "screenshots"
WARM_UP = 25_000
"""Milliseconds the world gets to fill the queue."""


def sign_in(browser: Browser, demo: Installation, size: tuple[int, int]) -> Page:
    """Open a window as the region's administrator."""
    password = re.search(r"^  admin +admin +(\S+)$", demo.printed(), re.MULTILINE)
    if password is None:
        raise SystemExit("the demonstration printed no password")
    page = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="ru-RU",
        timezone_id="Europe/Moscow",
    ).new_page()
    page.goto(demo.address)
    page.fill("[name=login]", "admin")
    page.fill("[name=password]", password[1])
    page.press("[name=password]", "Enter")
    page.wait_for_load_state("networkidle")
    return page


def main(folder: Path = FOLDER) -> None:
    """Take every page in both languages and both sizes."""
    folder.mkdir(parents=True, exist_ok=True)
    with installation(demo=True) as demo, chromium() as browser:
        for width, size in SIZES.items():
            page = sign_in(browser, demo, size)
            page.wait_for_timeout(WARM_UP)
            for name, path in PAGES.items():
                for language in ("ru", "en"):
                    joint = "&" if "?" in path else "?"
                    page.goto(f"{demo.address}{path}{joint}lang={language}")
                    page.wait_for_load_state("networkidle")
                    page.screenshot(path=folder / f"{name}-{language}-{width}.png")
            page.context.close()


if __name__ == "__main__":
    main()
