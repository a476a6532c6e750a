"""Addresses of groups and topics of OK; comments have none of their own."""

import re
from typing import Final
from urllib.parse import urlsplit

SITE: Final = "https://ok.ru"
HOSTS: Final = frozenset(
    f"{name}{host}"
    for name in ("", "www.", "m.", "mobile.")
    for host in ("ok.ru", "odnoklassniki.ru")
)
ID: Final = r"[1-9]\d{5,17}"
"""A number of OK: of a group, a topic or a person."""

_TOPIC: Final = re.compile(rf"group/?({ID})/topic/({ID})")


def group_url(group: str) -> str:
    return f"{SITE}/group/{group}"


def topic_url(group: str, topic: int) -> str:
    return f"{group_url(group)}/topic/{topic}"


def topic_in(link: str) -> tuple[str, int] | None:
    """Read which group's topic a link leads to, if it names one by numbers."""
    path = path_of(link)
    found = _TOPIC.fullmatch(path) if path is not None else None
    return (found[1], int(found[2])) if found else None


def path_of(link: str) -> str | None:
    """Read the path of a link to OK; None when it leads elsewhere."""
    try:
        parts = urlsplit(link.strip() if "//" in link else f"https://{link.strip()}")
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or parts.netloc.lower() not in HOSTS:
        return None
    return parts.path.strip("/")
