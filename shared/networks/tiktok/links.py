"""Addresses of TikTok."""

from typing import Final

SITE: Final = "https://www.tiktok.com"


def account_url(name: str) -> str:
    return f"{SITE}/@{name}"


def video_url(number: int | str, account: str = "") -> str:
    """Link to a video; TikTok leads on from one that names nobody."""
    return f"{SITE}/@{account}/video/{number}"
