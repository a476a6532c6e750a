"""The invented region of the pages: its time, topics, authorities and places."""

from datetime import datetime
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


def iso(when: datetime) -> str:
    """Write a time as the API does."""
    return when.isoformat()


def named(items: list[Json], code: str | None) -> Json | None:
    """Find a thing of a reference list."""
    return next((dict(one) for one in items if one["code"] == code), None)
