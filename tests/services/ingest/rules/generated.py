"""Rules and posts made by chance from a few hundred words, so that many rules hit."""

import random
from collections.abc import Sequence

from shared import russian

WORDS = """
вода яма дорога снег лед двор подъезд лифт крыша подвал труба кран батарея свет провод
столб фонарь мусор бак свалка автобус маршрутка остановка школа больница врач очередь
запись парк площадка лавочка дерево ветка собака кошка шум запах дым газ плита счетчик
тариф квитанция стадион мост тротуар бордюр люк колодец забор стройка кирпич песок
краска ремонт акция реклама скидка сталь мыло печь замок белок течь отключить отключать
включить вывозить чистить ждать звонить обещать прорвать гореть стоять упасть сломать
обещание дорогой холодный горячий ржавый темный грязный скользкий убитый зеленый новый
старый третий первый
""".split()  # noqa: SIM905 -- a hundred words read better as a text
ODD = ("🔥", "👍🏽", "12а", "12-а", "12", "дом", "ГВС", "ЖКХ", "CHEГ", "BОДА", "5-м")
GLUE = ("и", "на", "не", "у", "в", "без", "нет", "опять", "вчера", "нашем", "-", "!!!")
COMPOUNDS = ("интернет-магазины", "кто-то", "какие-то", "жар-птицу", "снег-то")
TAGS = ("#дороги", "#вода", "#нет_воды")

PLACED = 120
"""So many phrases and distances are shared by all rules: the reference is slow."""


class Chance:
    """Draws rules and posts, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._luck = random.Random(seed)  # noqa: S311 -- repeatable, not secret
        self._forms = [sorted(russian.forms(word))[:14] for word in WORDS]
        self._placed = [self._placed_term() for _ in range(PLACED)]

    def post(self) -> str:
        """A text of up to thirty words with the spellings people use."""
        return " ".join(self._word() for _ in range(self._luck.randint(0, 30)))

    def query(self) -> str:
        """A rule: alternatives, exclusions, distances, phrases, all there is."""
        parts = [self._any_of() for _ in range(self._luck.choice((1, 2, 3, 3)))]
        if self._luck.random() < 0.4:
            parts.append(f"-{self._term()}")
        if self._luck.random() < 0.1:
            parts.append(f"-({self._term()} {self._term()})")
        return " ".join(parts)

    def _word(self) -> str:
        draw = self._luck.random()
        if draw < 0.25:
            return self._luck.choice(GLUE)
        if draw < 0.33:
            return self._luck.choice((*ODD, *COMPOUNDS, *TAGS))
        word = self._luck.choice(self._luck.choice(self._forms))
        return self._spoilt(word) if draw > 0.9 else word

    def _spoilt(self, word: str) -> str:
        place = self._luck.randrange(len(word))
        return self._luck.choice(
            (
                word.upper(),
                word[:place] + word[place] * 3 + word[place:],
                word[:place] + word[place + 1 :],
                word[:place] + "\u00ad" + word[place:],
                word.replace("о", "o").replace("е", "ё", 1),
                f"{word},",
            )
        )

    def _any_of(self) -> str:
        listed = [self._term() for _ in range(self._luck.choice((1, 1, 2, 3, 5)))]
        return f"({' | '.join(listed)})" if len(listed) > 1 else listed[0]

    def _term(self) -> str:
        draw = self._luck.random()
        if draw < 0.55:
            return self._piece()
        if draw < 0.88:
            return self._luck.choice(self._placed)
        return self._luck.choice((*TAGS, "🔥", "👍", "12а", "какой-то", "жар-птица"))

    def _placed_term(self) -> str:
        draw = self._luck.random()
        if draw < 0.4:
            return f'"{self._pieces(2, 2)}"'
        if draw < 0.65:
            return f'"{self._pieces(2, 3)}"~{self._luck.randint(2, 6)}'
        gap = self._luck.choice(("/1", "/3", "/+2", "/5"))
        return f"({self._piece()} {gap} {self._operand()})"

    def _operand(self) -> str:
        if self._luck.random() < 0.3:
            return f'({self._piece()} | "{self._pieces(2, 2)}")'
        return self._piece()

    def _pieces(self, least: int, most: int) -> str:
        return " ".join(self._piece() for _ in range(self._luck.randint(least, most)))

    def _piece(self) -> str:
        word = self._luck.choice(WORDS)
        draw = self._luck.random()
        if draw < 0.08:
            return f"!{self._luck.choice(self._luck.choice(self._forms))}"
        if draw < 0.15:
            return f"{word[:4]}*"
        if draw < 0.2 and len(word) > 4:
            return f"{word}~"
        return word


def made(chance: Chance, posts: int, rules: int) -> tuple[Sequence[str], Sequence[str]]:
    """So many posts and so many rules."""
    return (
        [chance.post() for _ in range(posts)],
        [chance.query() for _ in range(rules)],
    )
