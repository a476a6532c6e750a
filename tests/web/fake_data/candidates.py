"""Invented posts that wait in the queue."""

from datetime import timedelta

from tests.web.fake_data.basics import (
    AUTHORITIES,
    NOW,
    PLACES,
    TOPICS,
    Json,
    iso,
    named,
)

POSTS = (
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


def candidates(count: int = len(POSTS)) -> list[Json]:
    """Make candidates, the most urgent first."""
    return [_candidate(n) for n in range(count)]


def _candidate(n: int) -> Json:
    text, phrase, topic, place, authority, network, source, sure = POSTS[n % len(POSTS)]
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
