"""Numbers for Graph's ids, because a `Memory` counts by numbers."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any


class Names:
    """Gives each id a number, the same every time, never one that was used before."""

    def __init__(self, numbers: Mapping[str, int] | None = None, last: int = 0) -> None:
        self._numbers = dict(numbers or {})
        self._names = {number: name for name, number in self._numbers.items()}
        self._last = max([last, *self._names])

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> "Names":
        return cls(stored["of"], stored["last"]) if stored else cls()

    def number(self, name: str) -> int:
        """Give an id its number; an empty one is 0."""
        if not name:
            return 0
        if name not in self._numbers:
            self._last += 1
            self._numbers[name] = self._last
            self._names[self._last] = name
        return self._numbers[name]

    def known(self, name: str) -> int | None:
        """Give the number of an id that has one."""
        return self._numbers.get(name)

    def name(self, number: int) -> str:
        return self._names.get(number, "")

    def keep(self, numbers: AbstractSet[int]) -> None:
        """Forget all ids but those with these numbers."""
        self._names = {
            each: self._names[each] for each in self._names if each in numbers
        }
        self._numbers = {name: number for number, name in self._names.items()}

    def as_json(self) -> dict[str, Any]:
        return {"of": dict(self._numbers), "last": self._last}
