"""Invented data of an invented region, in the shapes of the REST API."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
ZONE = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 20, 14, 20, tzinfo=ZONE)

_ENGLISH: dict[str, Json] = {
    "hot_water": {"name_en": "Hot water", "group_name_en": "Utilities"}
}
TOPICS: list[Json] = [
    {"code": code, "name": name, "group_name": group, **_ENGLISH.get(code, {})}
    for code, name, group in (
        ("hot_water", "Горячая вода", "ЖКХ"),
        ("heating", "Отопление", "ЖКХ"),
        ("garbage", "Вывоз мусора", "ЖКХ"),
        ("lift", "Лифты", "ЖКХ"),
        ("potholes", "Ямы на дорогах", "Дороги"),
        ("snow", "Уборка снега", "Дороги"),
        ("street_light", "Уличное освещение", "Благоустройство"),
        ("playground", "Детские площадки", "Благоустройство"),
        ("bus", "Автобусы и расписание", "Транспорт"),
        ("clinic_queue", "Запись к врачу", "Здравоохранение"),
        ("kindergarten", "Детские сады", "Образование"),
    )
]
AUTHORITIES: list[Json] = [
    {"code": code, "name": name}
    for code, name in (
        ("waterworks", "Горводоканал"),
        ("heat", "Теплосеть Заозёрска"),
        ("roads", "Управление дорог"),
        ("yasny", "Администрация Ясного района"),
        ("health", "Министерство здравоохранения"),
        ("transport", "Министерство транспорта"),
        ("light", "Горсвет"),
    )
]
PLACES: list[Json] = [
    {"code": code, "name": name}
    for code, name in (
        ("zaozersk", "Заозёрск"),
        ("yasny", "Ясный район"),
        ("prirechny", "Приреченский район"),
        ("severny", "Северный округ"),
        ("lugovoy", "Луговой"),
    )
]
_POSTS = (
    (
        (
            "Третий день нет горячей воды на Садовой, 14. В подъезде маленькие дети, "
            "диспетчер отвечает, что заявка принята, и больше ничего. Когда дадут воду?"
        ),
        "горячей воды",
        "hot_water",
        "zaozersk",
        "waterworks",
        "vk",
        "Подслушано Заозёрск",
        0.92,
    ),
    (
        (
            "Яма на Речной у дома 5 такая, что машину пришлось объезжать по встречной. "
            "Знак поставили, а засыпать забыли."
        ),
        "Яма",
        "potholes",
        "prirechny",
        "roads",
        "telegram",
        "Приречье онлайн",
        0.88,
    ),
    (
        (
            "В Луговом не горят фонари на всей улице Школьной, дети идут из школы в "
            "темноте. Пишем второй месяц."
        ),
        "не горят фонари",
        "street_light",
        "lugovoy",
        "light",
        "ok",
        "Луговой — наш посёлок",
        0.95,
    ),
    (
        "Автобус 7 опять не пришёл в 7:40, стояли на морозе сорок минут.",
        "Автобус",
        "bus",
        "severny",
        "transport",
        "vk",
        "Северный округ | новости",
        0.61,
    ),
    (
        (
            "Подскажите, как записать ребёнка к лору? В регистратуре говорят, что "
            "талонов нет до конца месяца, а в приложении пусто."
        ),
        "талонов нет",
        "clinic_queue",
        "zaozersk",
        "health",
        "vk",
        "Мамы Заозёрска",
        0.74,
    ),
    (
        "Контейнеры на Лесной, 3 не вывозили с субботы, собаки растащили мусор.",
        "не вывозили",
        "garbage",
        "yasny",
        "yasny",
        "telegram",
        "Ясный район сегодня",
        0.9,
    ),
    (
        "Спасибо дворникам с Садовой: после снегопада дорожки чистые к восьми утра!",
        "снегопада",
        None,
        "zaozersk",
        None,
        "vk",
        "Подслушано Заозёрск",
        None,
    ),
    (
        (
            "Батареи еле тёплые, в квартире 16 градусов, ул. Полевая, 22. Управляющая "
            "компания не берёт трубку."
        ),
        "Батареи еле тёплые",
        "heating",
        "yasny",
        "heat",
        "portal",
        "Обращения жителей",
        0.97,
    ),
)


def iso(when: datetime) -> str:
    """Write a time as the API does."""
    return when.isoformat()


def named(items: list[Json], code: str | None) -> Json | None:
    """Find a thing of a reference list."""
    return next((dict(one) for one in items if one["code"] == code), None)


def candidates(count: int = len(_POSTS)) -> list[Json]:
    """Make candidates, the most urgent first."""
    return [_candidate(n) for n in range(count)]


def _candidate(n: int) -> Json:
    text, phrase, topic, place, authority, network, source, sure = _POSTS[
        n % len(_POSTS)
    ]
    at = NOW - timedelta(minutes=18 + 37 * n)
    start = text.find(phrase)
    rule = "Коммунальные услуги" if n % 2 else "Горячая вода"
    remaining = 192 - 60 * n if n != 1 else -25
    return {
        "id": f"c-{n + 1}",
        "post_id": f"p-{n + 1}",
        "network": network,
        "kind": "comment" if n % 4 == 3 else "post",
        "source_name": source,
        "url": f"https://posts.example/{n + 1}",
        "published_at": iso(at),
        "received_at": iso(at + timedelta(minutes=2)),
        "text": text,
        "matches": [
            {
                "rule_id": f"r-{n + 1}",
                "rule_name": rule,
                "rule_version": 4,
                "positions": [[start, start + len(phrase)]],
            }
        ],
        "topic": _suggested(TOPICS, topic, sure, "rules_matched", rules=rule),
        "municipality": _suggested(
            PLACES, place, None, "named_in_text", words="Садовой"
        ),
        "authority": _suggested(
            AUTHORITIES, authority, None, "routing_rule", number="12"
        ),
        "urgency": "high" if n in {0, 7} else "normal",
        "urgency_signs": [{"kind": "children", "words": "маленькие дети"}]
        if n == 0
        else [],
        "status": "new",
        "decision": None,
        "incident_id": None,
        "deadline_at": iso(NOW + timedelta(minutes=remaining)),
        "remaining_minutes": remaining,
        "similar_incidents": [],
        "version": 1,
    }


def _suggested(
    items: list[Json], code: str | None, sure: float | None, reason: str, **params: str
) -> Json | None:
    found = named(items, code)
    if found is None:
        return None
    return {**found, "confidence": sure, "reason": reason, "reason_params": params}


SIMILAR: list[Json] = [
    {
        "id": "i-1042",
        "number": 1042,
        "title": "Нет горячей воды, Садовая, 10–16",
        "score": 0.86,
        "reasons": ["same_topic", "same_municipality", "same_words"],
    },
    {
        "id": "i-1038",
        "number": 1038,
        "title": "Авария на теплотрассе",
        "score": 0.41,
        "reasons": ["same_municipality"],
    },
]


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
    text, phrase, *_ = _POSTS[(n + k) % len(_POSTS)]
    start = text.find(phrase)
    return {
        "id": f"p-{n}-{k}",
        "network": _POSTS[(n + k) % len(_POSTS)][5],
        "source_name": _POSTS[(n + k) % len(_POSTS)][6],
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


def kpi(days: int = 30) -> Json:
    """Make the figures of a period."""
    today = NOW.date()
    wave = (214, 238, 251, 246, 229, 98, 84)
    told = [
        {
            "day": (today - timedelta(days=days - 1 - n)).isoformat(),
            "complaints": wave[n % 7] + 11 * (n % 5),
            "incidents": wave[n % 7] // 2,
            "answered": (wave[n % 7] + 11 * (n % 5)) * (70 + n % 20) // 100,
        }
        for n in range(days)
    ]
    return {
        "from": told[0]["day"],
        "to": told[-1]["day"],
        "definitions_version": 1,
        "totals": _figures(6420, 2980, 2705, 0.87, 214, 505, 12),
        "days": told,
        "authorities": [
            {**AUTHORITIES[0], **_figures(2210, 980, 931, 0.94, 170, 402, 1)},
            {**AUTHORITIES[1], **_figures(1420, 610, 560, 0.91, 205, 470, 2)},
            {**AUTHORITIES[2], **_figures(1890, 870, 742, 0.68, 388, 1120, 9)},
            {**AUTHORITIES[3], **_figures(1105, 410, 371, 0.83, 240, 610, 0)},
            {**AUTHORITIES[5], **_figures(96, 4, 3, 1.0, 60, 90, 0)},
        ],
        "municipalities": [
            {**PLACES[0], **_figures(3640, 1620, 1500, 0.9, 190, 450, 5)},
            {**PLACES[1], **_figures(1300, 640, 580, 0.85, 230, 560, 3)},
            {**PLACES[2], **_figures(980, 480, 420, 0.79, 290, 720, 4)},
        ],
    }


def _figures(*figures: float) -> Json:
    complaints, incidents_count, answered, share, median, p90, overdue = figures
    return {
        "complaints": complaints,
        "incidents": incidents_count,
        "answered": answered,
        "due": answered,
        "answered_in_time": round(answered * share),
        "share_in_time": share,
        "median_minutes": median,
        "p90_minutes": p90,
        "overdue_now": overdue,
        "low_volume": answered < 5,
    }


def definitions() -> Json:
    """Make the dictionary of figures."""
    codes = ("complaints", "answered", "share_in_time", "median_minutes", "overdue_now")
    return {
        "version": 1,
        "definitions": [
            {
                "code": code,
                "formula_ru": f"Что значит {code}.",
                "formula_en": f"What {code} means.",
            }
            for code in codes
        ],
    }


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
                "Текст": _POSTS[n][0],
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
