"""A month of handled incidents for the demonstration: an invented export, imported.

The report of a fresh installation would be empty otherwise. It goes the way a
region would bring its own past: a file with the incumbent's columns.
"""

import csv
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from io import StringIO
from typing import Final
from zoneinfo import ZoneInfo

from infra.sandbox.world import Pace, Post, Tone, World
from infra.sandbox.world.region import Region
from services.triage.domain.calendar import Calendar, special_days
from shared.library import starter, table

DAYS: Final = 30
INCIDENTS: Final = 240
SEED: Final = 20_26

HEADERS: Final = (
    "Номер инцидента",
    "Отдел",
    "Группа тем",
    "Тема",
    "Муниципалитет",
    "Тип инцидента",
    "Дата создания",
    "Общее время первого ответа",
    "Дата окончания",
    "Текущий шаг инцидента",
    "Итог",
    "Причина закрытия",
    "Текст инцидента",
    "Урл поста",
    "1ый ответ ПИ",
)
ANSWERS: Final = (
    "Заявка передана в аварийную бригаду, работы закончат завтра к 18:00.",
    "Специалист выехал на место, о результате напишем здесь же до пятницы.",
    "Причина установлена, ремонт включён в план на эту неделю.",
    "Работы выполнены, фотографии размещены под записью.",
)
ENDS: Final = (
    ("Решено", "Автор доволен"),
    ("Решено", "Нет ответа от автора"),
    ("Разъяснено", "Автор доволен"),
    ("Разъяснено", "Дальнейший диалог нецелесообразен"),
)
FORMAT: Final = "%Y-%m-%d %H:%M:%S"


def export(region: Region, now: datetime) -> bytes:
    """Write the invented export as a spreadsheet program would: UTF-8 with BOM."""
    file = StringIO()
    writer = csv.DictWriter(file, HEADERS, delimiter=";")
    writer.writeheader()
    writer.writerows(_rows(region, now))
    return file.getvalue().encode("utf-8-sig")


def _rows(region: Region, now: datetime) -> Iterator[dict[str, str]]:
    pace = Pace(days=DAYS, per_day=40, interval=timedelta(minutes=5))
    world = World(seed=SEED, start=now - timedelta(days=3), pace=pace)
    complaints = [
        post
        for post in world.backfill()
        if post.truth.tone is Tone.COMPLAINT and post.truth.topic
    ]
    dice = random.Random(SEED)  # noqa: S311 -- an invented past, not a secret
    chosen = sorted(dice.sample(range(len(complaints)), INCIDENTS))
    for number, index in enumerate(chosen, 1):
        yield _row(region, complaints[index], number, dice)


def _row(
    region: Region, post: Post, number: int, dice: random.Random
) -> dict[str, str]:
    topic, group = _names()[post.truth.topic or ""]
    authority = _authority(region, post)
    # Some authorities are slow: a report without differences shows nothing.
    usual_hours = 2 + sum(map(ord, authority)) % 9
    created = post.published_at + timedelta(minutes=dice.randint(5, 40))
    minutes = 20 + int(dice.gammavariate(2, usual_hours * 20))
    answered = _calendar(region).add_working_minutes(created, minutes)
    closed = answered + timedelta(days=dice.uniform(0.5, 2))
    outcome, reason = dice.choice(ENDS)
    zone = region.zone
    values = (
        f"ВО-{number:05}",
        authority,
        group,
        topic,
        _municipality(region, post),
        "Решаемый",
        _local(created, zone),
        _local(answered, zone),
        _local(closed, zone),
        "Готово",
        outcome,
        reason,
        post.text,
        "",
        dice.choice(ANSWERS),
    )
    return dict(zip(HEADERS, values, strict=True))


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime(FORMAT)


@cache
def _calendar(region: Region) -> Calendar:
    return Calendar(region.zone, special=special_days(table("calendar_ru.toml")))


def _names() -> dict[str, tuple[str, str]]:
    return {
        topic.code: (topic.name, group.name)
        for group in starter.load().groups
        for topic in group.topics
    }


def _authority(region: Region, post: Post) -> str:
    route = next(
        route
        for route in region.routes
        if route.topic == post.truth.topic
        and route.municipality in {None, post.truth.municipality}
    )
    return next(one.name for one in region.authorities if one.code == route.authority)


def _municipality(region: Region, post: Post) -> str:
    code = post.truth.municipality
    return region.municipality(code).name if code else ""
