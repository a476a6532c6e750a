"""Small facts of a story: how long, how much, which bus, whose phone.

Phones, mailboxes and documents lie in ranges that belong to nobody:
+7 900 000-00-xx, *.example, 0000 0000xx.
"""

from datetime import datetime
from random import Random

from infra.sandbox.world.dice import chance
from infra.sandbox.world.grammar import count

_SINCE = (
    "с понедельника",
    "со вторника",
    "со среды",
    "с четверга",
    "с пятницы",
    "с субботы",
    "с воскресенья",
)
_FEMALE = ("Марина", "Ольга", "Татьяна", "Светлана", "Ирина", "Людмила", "Юлия", "Анна")
_MALE = ("Сергей", "Андрей", "Виктор", "Павел", "Олег", "Михаил", "Роман", "Игорь")
_PATRONYMIC = (
    ("Сергеевич", "Сергеевна"),
    ("Петрович", "Петровна"),
    ("Андреевич", "Андреевна"),
    ("Викторович", "Викторовна"),
    ("Николаевич", "Николаевна"),
)
_SURNAMES = (
    ("Ольховский", "Ольховская"),
    ("Рябинин", "Рябинина"),
    ("Луговой", "Луговая"),
    ("Берестов", "Берестова"),
    ("Калинников", "Калинникова"),
    ("Плёсов", "Плёсова"),
    ("Кедров", "Кедрова"),
)
_MAILBOXES = ("marina", "sosed", "dom", "zhitel", "olga", "sad", "dvor", "viktor")
_LURES = ("bonus", "dohod", "priz", "sekret")
_NIGHT, _MORNING, _DAY, _EVENING = 5, 11, 17, 23
_ALIASES = ("Сосед", "Житель", "Мама двоих", "Аноним", "Местный", "Дачник", "Гость")


def duration(when: datetime, dice: Random) -> str:
    """How long it has lasted, days to weeks: «третий день»."""
    days_ago = dice.randint(2, 6)
    return dice.choice(
        (
            "второй день",
            "третий день",
            "четвёртый день",
            "пятый день",
            "шестой день",
            "вторую неделю",
            "третью неделю",
            f"уже {count(dice.randint(2, 13), 'день', 'дня', 'дней')}",
            "уже неделю",
            "больше недели",
            "почти неделю",
            "целую неделю",
            "со вчерашнего дня",
            "с прошлой недели",
            "который день",
            _SINCE[(when.weekday() - days_ago) % 7],
            _SINCE[(when.weekday() - days_ago) % 7],
        )
    )


def long_duration(_: datetime, dice: Random) -> str:
    """How long it has lasted, months to years: «второй год»."""
    return dice.choice(
        (
            "второй месяц",
            "третий месяц",
            "четвёртый месяц",
            "полгода",
            "уже полгода",
            "второй год",
            "третий год",
            "уже год",
            "больше года",
            "с прошлой весны",
            "с прошлой осени",
            "с прошлого лета",
            "который месяц",
            "который год",
            "не первый год",
            f"уже {count(dice.randint(2, 9), 'месяц', 'месяца', 'месяцев')}",
        )
    )


def waiting(_: datetime, dice: Random) -> str:
    """How long somebody waited: «сорок минут»."""
    return dice.choice(
        (
            "полчаса",
            "сорок минут",
            "сорок пять минут",
            "пятьдесят минут",
            "полтора часа",
            "два часа",
            "40 минут",
            "2 часа",
        )
    )


def waited_until(_: datetime, dice: Random) -> str:
    """When a nine o'clock appointment began: «10:40»."""
    return f"{dice.choice((10, 11))}:{dice.choice(('10', '25', '40', '50'))}"


def greeting(when: datetime, _: Random) -> str:
    """Greeting by the hour: «добрый вечер»."""
    if _NIGHT <= when.hour < _MORNING:
        return "доброе утро"
    if _MORNING <= when.hour < _DAY:
        return "добрый день"
    return "добрый вечер" if when.hour < _EVENING else "доброй ночи"


def money(dice: Random) -> str:
    """Thousands of roubles: «4 870 рублей»."""
    number = dice.randint(110, 1290) * 10
    text = f"{number // 1000} {number % 1000:03}" if number % 1000 else f"{number}"
    return dice.choice((f"{text} рублей", f"{number} рублей", f"{number} руб."))


def small_money(dice: Random) -> str:
    """Price of a ride or a bucket: «350 рублей»."""
    return f"{dice.randrange(150, 650, 50)} рублей"


def phone(dice: Random) -> str:
    """Give a phone number nobody has."""
    last = f"{dice.randint(0, 99):02}"
    return dice.choice(
        (
            f"+7 900 000-00-{last}",
            f"8 900 000-00-{last}",
            f"+790000000{last}",
            f"8(900)000-00-{last}",
            f"8-900-000-00-{last}",
        )
    )


def email(dice: Random) -> str:
    """Give a mailbox nobody has."""
    return f"{dice.choice(_MAILBOXES)}{dice.randint(1, 99)}@pochta.example"


def link(dice: Random) -> str:
    """Give an address that leads nowhere."""
    return f"http://{dice.choice(_LURES)}.invalid/{dice.randint(100, 999)}"


def passport(dice: Random) -> str:
    """Series and number of a document nobody has."""
    return f"00 00 0000{dice.randint(0, 99):02}"


def account(dice: Random) -> str:
    """Give a payer's account nobody has."""
    return f"00000000{dice.randint(0, 99):02}"


def first_name(dice: Random, *, female: bool) -> str:
    return dice.choice(_FEMALE if female else _MALE)


def full_name(dice: Random, *, female: bool) -> str:
    """First name, patronymic and at times a surname, all invented."""
    name = first_name(dice, female=female)
    patronymic = dice.choice(_PATRONYMIC)[female]
    surname = dice.choice(_SURNAMES)[female]
    return dice.choice(
        (f"{name} {patronymic}", f"{surname} {name} {patronymic}", f"{name} {surname}")
    )


def screen_name(dice: Random, *, female: bool) -> str:
    """Name under which a resident writes."""
    if chance(dice, 30):
        return f"{dice.choice(_ALIASES)} {dice.randint(1, 99)}"
    name = first_name(dice, female=female)
    return f"{name} {dice.choice(_SURNAMES)[female][0]}."
