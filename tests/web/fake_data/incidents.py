"""Invented incidents with their posts, replies, history and clock."""

from datetime import datetime, timedelta

from tests.web.fake_data.basics import AUTHORITIES, NOW, PLACES, TOPICS, Json, iso
from tests.web.fake_data.candidates import POSTS


def incidents() -> list[Json]:
    """Make one incident in every state."""
    rows = (
        ("i-1042", 1042, "Нет горячей воды, Садовая, 10–16", "awaiting_approval", 40),
        ("i-1041", 1041, "Яма на Речной у дома 5", "assigned", -70),
        ("i-1040", 1040, "Не горят фонари на Школьной", "drafting", 260),
        ("i-1039", 1039, "Автобус 7 не приходит по расписанию", "returned", 95),
        ("i-1038", 1038, "Авария на теплотрассе, Полевая", "published", None),
        ("i-1037", 1037, "Мусор на Лесной, 3", "approved", 15),
        ("i-1036", 1036, "Запись к лору в детской поликлинике", "closed", None),
        ("i-1035", 1035, "Снег на тротуарах у школы № 2", "new", 410),
    )
    return [_incident(n, *row) for n, row in enumerate(rows)]


def _incident(
    n: int,
    incident_id: str,
    number: int,
    title: str,
    status: str,
    remaining: int | None,
) -> Json:
    opened = NOW - timedelta(hours=5 + 7 * n)
    answered = status in {"published", "closed"}
    return {
        "id": incident_id,
        "number": number,
        "title": title,
        "status": status,
        "kind": "solvable",
        "topic": TOPICS[n % len(TOPICS)],
        "municipality": PLACES[n % len(PLACES)],
        "authority": None if status == "new" else AUTHORITIES[n % len(AUTHORITIES)],
        "place": "Садовая, 14" if n == 0 else None,
        "opened_at": iso(opened),
        "deadline_at": iso(NOW + timedelta(minutes=remaining or 0)),
        "remaining_minutes": remaining,
        "answered_at": iso(NOW - timedelta(hours=2)) if answered else None,
        "answered_in_time": (n != 6) if answered else None,
        "closed_at": iso(NOW) if status == "closed" else None,
        "outcome": "explained" if status == "closed" else None,
        "closing_reason": "author_satisfied" if status == "closed" else None,
        "promised_on": None,
        "post_count": 7 if n == 0 else 1,
        "posts": [_post(n, k) for k in range(3 if n == 0 else 1)],
        "replies": _replies(status),
        "history": _history(opened, status),
        "clock": _clock(opened, status),
        "allowed": ALLOWED[status],
        "version": 3,
    }


ALLOWED: dict[str, list[str]] = {
    "new": ["assign", "withdraw"],
    "assigned": ["assign", "draft", "submit"],
    "drafting": ["assign", "draft", "submit"],
    "awaiting_approval": ["draft", "return", "approve"],
    "returned": ["assign", "draft", "submit"],
    "approved": ["draft", "return", "publish", "mark_published"],
    "publishing": ["found", "send_again", "take_back"],
    "published": ["draft", "close"],
    "closed": ["reopen"],
    "withdrawn": [],
}


def _post(n: int, k: int) -> Json:
    text, phrase, *_ = POSTS[(n + k) % len(POSTS)]
    start = text.find(phrase)
    return {
        "id": f"p-{n}-{k}",
        "network": POSTS[(n + k) % len(POSTS)][5],
        "source_name": POSTS[(n + k) % len(POSTS)][6],
        "url": f"https://posts.example/{n}/{k}",
        "text": text,
        "published_at": iso(NOW - timedelta(hours=6 + k)),
        "matches": [
            {
                "rule_name": "Горячая вода",
                "rule_version": 4,
                "positions": [[start, start + len(phrase)]],
            }
        ],
    }


_FIRST = (
    "Добрый день! Ваше обращение принято в работу. Информация передана в "
    "соответствующую службу."
)


_SECOND = (
    "Добрый день! На Садовой, 14 повреждён ввод горячей воды. Бригада Горводоканала "
    "меняет участок трубы, воду дадут сегодня до 20:00. Ответственный: главный инженер "
    "участка. Телефон диспетчерской работает круглосуточно."
)


def _replies(status: str) -> list[Json]:
    if status in {"new", "assigned"}:
        return []
    at = NOW - timedelta(hours=4)
    one_more = status not in {"drafting", "returned"}
    versions = [
        {"n": 1, "text": _FIRST, "author_name": "Ирина Лапина", "created_at": iso(at)}
    ]
    if one_more:
        versions.append(
            {
                "n": 2,
                "text": _SECOND,
                "author_name": "Ирина Лапина",
                "created_at": iso(at + timedelta(minutes=95)),
            }
        )
    approved = status in {"approved", "published", "closed"}
    published = status in {"published", "closed"}
    return [
        {
            "id": "reply-1",
            "round": 1,
            "status": status if status != "closed" else "published",
            "versions": versions,
            "remarks": []
            if status == "drafting"
            else [
                {
                    "by": "Павел Орлов",
                    "text": "Не сказано, когда дадут воду и кто отвечает. Нужен срок.",
                    "at": iso(at + timedelta(minutes=40)),
                }
            ],
            "approved_by": "Павел Орлов" if approved else None,
            "approved_at": iso(at + timedelta(minutes=120)) if approved else None,
            "published_at": iso(at + timedelta(minutes=125)) if published else None,
            "published_link": "https://posts.example/reply" if published else None,
            "publish_error": None,
        }
    ]


def _history(opened: datetime, status: str) -> list[Json]:
    told = [
        ("open", "Анна Серова", "Сообщение из «Подслушано Заозёрск»", 0),
        ("assign", "Анна Серова", "Горводоканал", 6),
        ("draft", "Ирина Лапина", None, 70),
        ("submit", "Ирина Лапина", None, 74),
        ("return", "Павел Орлов", "Не сказано, когда дадут воду", 110),
        ("submit", "Ирина Лапина", None, 160),
    ]
    shown = {"new": 1, "assigned": 2, "drafting": 3}.get(status, len(told))
    return [
        {
            "at": iso(opened + timedelta(minutes=minutes)),
            "actor_name": who,
            "action": action,
            "detail": detail,
        }
        for action, who, detail, minutes in told[:shown]
    ]


def _clock(opened: datetime, status: str) -> list[Json]:
    spans = (
        ("desk", 24, 24),
        ("authority", 128, 190),
        ("approver", 36, 36),
        ("authority", 61, 61),
        ("approver", 25, 25),
    )
    told, at = [], opened
    for holder, working, wall in spans[: 1 if status == "new" else None]:
        end = at + timedelta(minutes=wall)
        told.append(
            {
                "holder": holder,
                "from": iso(at),
                "to": iso(end),
                "working_minutes": working,
                "wall_minutes": wall,
            }
        )
        at = end
    return told
