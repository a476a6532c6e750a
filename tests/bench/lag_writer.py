"""Who writes on the bench's pages: evenly in time, anywhere, some of it complaints."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Final

from tests.bench.lag_plan import Place
from tests.bench.texts import texts

COMPLAINTS: Final = 0.1
"""Share of what is written that the rules catch."""

COMMENTS: Final = 0.1
"""Share of what is written under a post, where the network has comments."""

MARK: Final = "метка"
_LETTERS: Final = "бвгджзклмн"
_VOWELS: Final = "аеиоу"
_SMALL_TALK: Final = (
    "Кто идёт на ярмарку в субботу",
    "Поздравляем хор ветеранов с победой на конкурсе",
    "Продам детскую коляску, почти новая",
    "Какой сегодня красивый закат над рекой",
    "Ищем вратаря в дворовую команду",
    "Делимся узорами для вышивки",
)


@dataclass(frozen=True, slots=True)
class Post:
    """Something to publish; `mark` names a complaint wherever it turns up."""

    place: Place
    text: str
    author: int
    parent: int | None = None
    mark: str | None = None


@dataclass(slots=True)
class Writing:
    """Decides what is due; `complaints` are mark, lane and moment (Unix seconds)."""

    places: Sequence[Place]
    dice: random.Random
    stories: Iterator[str]
    marks: Iterator[str]
    per_second: float = 0.0
    since: datetime | None = None
    published: int = 0
    late_s: float = 0.0
    complaints: list[tuple[str, str, float]] = field(default_factory=list)
    _of_turn: int = 0
    _last: dict[str, int] = field(default_factory=dict)

    def set_rate(self, per_second: float, now: datetime) -> None:
        """Write that much a second from now on."""
        self.per_second, self.since, self._of_turn = per_second, now, 0

    def due(self, now: datetime) -> Iterator[Post]:
        """Compose what should have been written by now."""
        if self.since is None:
            return
        passed = (now - self.since).total_seconds()
        owed = int(passed * self.per_second) - self._of_turn
        if owed > 0:
            self.late_s = max(self.late_s, owed / self.per_second)
        for _ in range(owed):
            self._of_turn += 1
            yield self._composed()

    def wrote(self, post: Post, number: int, at: datetime) -> None:
        """Note what was published."""
        self.published += 1
        if post.parent is None:
            self._last[post.place.code] = number
        if post.mark is not None:
            self.complaints.append((post.mark, post.place.lane, at.timestamp()))

    def _composed(self) -> Post:
        place = self.dice.choice(self.places)
        author = 700_000_000 + self.dice.randrange(100_000)
        parent = None
        if place.network in {"vk", "ok"} and self.dice.random() < COMMENTS:
            parent = self._last.get(place.code)
        if self.dice.random() >= COMPLAINTS:
            talk = f"{self.dice.choice(_SMALL_TALK)}, {self.dice.randrange(10_000)}"
            return Post(place, talk, author, parent)
        mark = next(self.marks)
        return Post(place, f"{next(self.stories)} {MARK} {mark}", author, parent, mark)


def writing(places: Sequence[Place], seed: int = 11) -> Writing:
    """Make a writer, the same at every run."""
    dice = random.Random(seed)  # noqa: S311 -- load, not secrets
    return Writing(places, dice, texts(seed), _marks())


def _marks() -> Iterator[str]:
    """Number complaints in letters: digits may be somebody's phone to us."""
    for number in count():
        yield "".join(
            _LETTERS[int(digit)] + _VOWELS[int(digit) % 5] for digit in f"{number:05}"
        )
