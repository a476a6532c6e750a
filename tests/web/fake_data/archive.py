"""Invented posts of the archive."""

from tests.web.fake_data.basics import Json
from tests.web.fake_data.candidates import candidates


def archive() -> list[Json]:
    """Make found posts."""
    labels = ("incident", "candidate", "not_complaint", "closed", "published")
    found = []
    for n, candidate in enumerate(candidates()):
        found.append(
            {
                "id": f"p-{n + 1}",
                "network": candidate["network"],
                "kind": candidate["kind"],
                "source_name": candidate["source_name"],
                "url": candidate["url"],
                "published_at": candidate["published_at"],
                "text": candidate["text"],
                "highlights": candidate["matches"][0]["positions"],
                "topic": (candidate["topic"] or {}).get("code"),
                "topic_name": (candidate["topic"] or {}).get("name"),
                "municipality": candidate["municipality"]["code"],
                "municipality_name": candidate["municipality"]["name"],
                "status": labels[n % len(labels)],
                "incident_id": "i-1042" if n == 0 else None,
                "incident_number": 1042 if n == 0 else None,
            }
        )
    return found


FACETS: Json = {
    "network": {"vk": 6120, "telegram": 3240, "ok": 1480, "portal": 660},
    "topic": {"hot_water": 2210, "potholes": 1890, "heating": 1420, "garbage": 1105},
    "status": {
        "incident": 4210,
        "candidate": 214,
        "not_complaint": 5130,
        "closed": 1946,
    },
    "municipality": {
        "zaozersk": 6400,
        "yasny": 2300,
        "prirechny": 1700,
        "severny": 1100,
    },
}
