"""Hashtags of a text."""

import re


def hashtags_of(text: str) -> list[str]:
    """Give them as TikTok does: without `#`, in small letters."""
    return [each.lower() for each in re.findall(r"#(\w+)", text)]
