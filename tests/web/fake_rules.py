"""Invented rules, their figures and dry runs, as services/ingest answers them."""

from typing import Any

from tests.web.fake_data import NOW, iso

Json = dict[str, Any]


def quality(accepted: int, noise: int, opinion: int, share: float) -> Json:
    """Figures of decided hits; the interval is a tenth on both sides."""
    rejected = noise + opinion
    return {
        "accepted": accepted,
        "noise": noise,
        "opinion": opinion,
        "other": 0,
        "decided": accepted + rejected,
        "rejected": rejected,
        "share": share,
        "low": share - 0.1,
        "high": share + 0.1,
        "opinion_low": 0.0,
    }


NOTHING: Json = {
    **quality(0, 0, 0, 0),
    "share": None,
    "low": None,
    "high": None,
    "opinion_low": None,
}


def rule(key: str, name: str, query: str, **more: object) -> Json:
    """Make one rule."""
    return {
        "id": key,
        "name": name,
        "query": query,
        "topic_code": None,
        "authority_code": None,
        "municipality": None,
        "purpose": "Жалобы жителей",
        "owner": "Анна Серова",
        "expires_on": "2027-03-01",
        "version": 1,
        "state": "active",
        "state_reason": None,
        "is_expired": False,
        "expires_soon": False,
        "hits": 0,
        "quality": NOTHING,
        "limit": 0.6,
        "flagged_at": None,
        "measured_from": 1,
        **more,
    }


def rules() -> list[Json]:
    """Make rules: one works, one has expired, one is paused for its opinions."""
    return [
        rule(
            "r-1",
            "Горячая вода",
            '("нет горячей воды" OR отключили) AND NOT реклама',
            topic_code="hot_water",
            purpose="Жалобы на горячее водоснабжение",
            version=4,
            hits=1412,
            quality=quality(30, 6, 4, 0.25),
        ),
        rule(
            "r-2",
            "Снег",
            "снег OR наледь OR сугробы",
            topic_code="snow",
            expires_on="2026-04-01",
            is_expired=True,
        ),
        rule(
            "r-3",
            "Погода",
            "погода",
            version=2,
            state="suspended",
            state_reason="opinions",
            hits=40,
            quality=quality(4, 2, 20, 0.85),
            flagged_at=iso(NOW),
        ),
    ]


def versions() -> list[Json]:
    """Two versions: a person wrote the first, Otklik paused the second."""
    first = {
        "version": 1,
        "query": "погода",
        "state": "active",
        "expires_on": "2027-03-01",
        "owner": "Анна Серова",
        "reason": "",
        "changed_by": "Анна Серова",
        "changed_at": iso(NOW),
    }
    second = {"version": 2, "state": "suspended", "changed_by": "otklik"}
    return [first, {**first, **second, "reason": "opinions"}]


def rule_quality() -> Json:
    """Two weeks and a word to exclude."""
    return {
        "weeks": [
            {"week": "2026-11-09", "quality": quality(10, 3, 1, 0.3)},
            {"week": "2026-11-16", "quality": quality(20, 3, 3, 0.2)},
        ],
        "advice": {
            "word": "розыгрыш",
            "query": "(вода) NOT розыгрыш",
            "removed": 7,
            "rejected": 10,
            "accepted": 30,
        },
    }


def caught(text: str = "Третий день нет горячей воды") -> Json:
    """Make a post that a query catches."""
    return {
        "post_id": "p-1",
        "network": "vk",
        "url": "https://posts.example/1",
        "published_at": iso(NOW),
        "text": text,
        "positions": [[12, 28]],
    }


def hits() -> list[Json]:
    """Make what a rule caught last."""
    return [{**caught(), "rule_version": 4, "verdict": "opinion"}]


def dry_run() -> Json:
    """Make a dry run that goes on."""
    return {
        "id": "d-1",
        "rule_id": None,
        "query": "яма",
        "state": "running",
        "error": None,
        "total": 1000,
        "seen": 400,
        "hits": 12,
        "alone": 7,
        "candidates": 6,
        "covered_days": 4,
        "candidates_a_day": 1.5,
        "days": [
            {"day": "2026-11-19", "posts": 300, "hits": 8},
            {"day": "2026-11-20", "posts": 100, "hits": 4},
        ],
        "shared": [{"rule_id": "r-1", "name": "Горячая вода", "hits": 5}],
        "samples": [caught()],
    }


def language() -> list[Json]:
    """The query language by example."""
    return [
        {
            "query": '"нет воды"',
            "said": {"ru": "Слова подряд.", "en": "Words side by side."},
            "catches": "Третий день нет воды",
            "spares": "Воды нет",
        }
    ]
