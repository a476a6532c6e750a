"""Invented sources, watched pages and credentials."""

from datetime import timedelta

from tests.web.fake_data.basics import NOW, Json, iso
from tests.web.fake_data.candidates import POSTS


def sources() -> list[Json]:
    """Make sources: a feed, pushing systems, a page, and one that fails."""
    return [
        _source("s-1", "Новости Заозёрска", "feed", "https://news.example/rss"),
        _source("s-2", "Обращения жителей", "push", None, intake="all"),
        _source(
            "s-3",
            "Приречье онлайн",
            "feed",
            "https://prirechye.example/feed",
            last_error="The feed answered 503 three times.",
            failures=3,
        ),
        _source(
            "s-4",
            "Подслушано в Заозёрске",
            "page",
            "https://vk.com/club7",
            network="vk",
            place_kind="wall",
            native="-7",
            options={"history_days": 30, "activity": False},
        ),
        _source("s-5", "Единый портал", "webhook", None, intake="all"),
    ]


def _source(
    source_id: str, name: str, kind: str, url: str | None, **more: object
) -> Json:
    return {
        "id": source_id,
        "kind": kind,
        "network": "rss" if kind == "feed" else "portal",
        "name": name,
        "url": url,
        "intake": "matched",
        "state": "active",
        "last_ok_at": iso(NOW - timedelta(minutes=3)) if kind == "feed" else None,
        "last_error": None,
        "failures": 0,
        **more,
    }


def preview(total: int = 1204) -> Json:
    """Make the preview of an uploaded export."""
    headers = (
        ("Номер сообщения", "external_id", None),
        ("Текст", "text", None),
        ("Ссылка", "url", None),
        ("Дата", "published_at", None),
        ("Канал", "source", None),
        ("Просмотры", "views", None),
        ("URL автора", None, "personal data of the author is not read"),
        ("Примечание", None, None),
    )
    return {
        "id": "im-1",
        "profile": "posts",
        "encoding": "cp1251",
        "delimiter": ";",
        "columns": [
            {
                "header": header,
                "field": field,
                "dropped": reason is not None,
                "reason": reason,
            }
            for header, field, reason in headers
        ],
        "preview": [
            {
                "Номер сообщения": str(7000 + n),
                "Текст": POSTS[n][0],
                "Ссылка": f"https://posts.example/{n}",
                "Дата": "2026-11-19 10:15:00",
                "Канал": "Подслушано Заозёрск",
                "Просмотры": "120",
                "Примечание": "",
            }
            for n in range(3)
        ],
        "total": total,
        "valid": total - 2,
        "missing": [],
        "rejected_total": 2,
        "rejected": [
            {"line": 17, "reason": "no text"},
            {"line": 318, "reason": "the time has no zone"},
        ],
    }


def watched(source: Json) -> Json:
    """Make what is known of one source from its row in the list."""
    failing = bool(source.get("last_error"))
    return {
        "health": "token" if failing else "ok",
        "error_kind": "reauth" if failing else None,
        "error_code": "vk:5" if failing else None,
        "failing_since": "2026-11-20T05:00:00Z" if failing else None,
        "next_poll_at": "2026-11-20T10:00:00Z",
        "lag_s": 754,
        "skew_s": 45,
        "unknown": {"attachment:hologram": 12},
        "accepted_by": "Анна Тестова",
        "accepted_at": "2026-11-01T09:00:00Z",
        "budget": {"stopped": failing, "parked_until": None},
        **source,
    }


def recognised(link: str) -> Json:
    """Make what a link leads to."""
    return {
        "network": "vk",
        "kind": "wall",
        "native": "zaozersk",
        "url": link,
        "token_kinds": ["service"],
        "has_token": True,
    }


def tested() -> Json:
    """Make the outcome of a test that went well."""
    return {
        "ok": True,
        "title": "Подслушано в Заозёрске",
        "followers": 12400,
        "can": ["read", "comments"],
        "warnings": ["the network's clock and ours differ by 45 s"],
        "remarks": [
            {"code": "clock", "figures": {"seconds": 45}, "text": "clocks differ"},
            {"code": "vk:new-one", "text": "something we have no words for yet"},
        ],
    }


def figures() -> list[Json]:
    """Make figures of a page."""
    return [
        {"name": "followers", "day": "2026-11-20", "value": 12400},
        {"name": "views", "day": "2026-11-20", "value": 1500, "precision": "rounded"},
    ]


def credentials() -> list[Json]:
    """Make credentials: a good one and a refused one."""
    return [
        {"id": "k-1", "network": "vk", "kind": "service", "label": "Сервисный ключ"},
        {
            "id": "k-2",
            "network": "vk",
            "kind": "community",
            "label": "Ключ сообщества",
            "state": "refused",
            "error_code": "vk:5",
            "expires_at": "2026-12-01T09:00:00Z",
            "last_used_at": "2026-11-20T05:00:00Z",
        },
    ]
