"""Addresses of X."""

import re
from typing import Final

SITE: Final = "https://x.com"
_HOSTS: Final = r"(?:www\.|mobile\.|m\.)?(?:x\.com|twitter\.com)"
_OF_A_POST: Final = re.compile(
    rf"https?://{_HOSTS}/(?:i/web|\w{{1,15}})/status(?:es)?/(\d{{1,19}})(?![\d\w])[^\s]*",
    re.IGNORECASE,
)
HOST: Final = re.compile(rf"https?://{_HOSTS}(?::\d+)?/(.*)", re.IGNORECASE)


def post_url(number: int | str) -> str:
    """Link to a post without naming who wrote it."""
    return f"{SITE}/i/web/status/{number}"


def without_writers(text: str) -> str:
    """Replace links to posts by such that do not name who wrote them."""
    if "/status" not in text:
        return text
    return _OF_A_POST.sub(lambda found: post_url(found[1]), text)
