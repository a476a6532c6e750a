"""The language by example, for the pages that write rules."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from services.ingest.rules.errors import Language


@dataclass(frozen=True, slots=True)
class Example:
    """A query, what it means, a text it catches and one it does not.

    `network` and `kind` are those of both posts; `spared_kind` is the kind of the
    second where that is the difference.
    """

    query: str
    meaning_ru: str
    meaning_en: str
    catches: str
    spares: str
    network: str | None = None
    kind: str | None = None
    spared_kind: str | None = None

    def meaning(self, language: Language) -> str:
        """Say what the query means."""
        return self.meaning_ru if language == "ru" else self.meaning_en


@cache
def examples() -> tuple[Example, ...]:
    """Read the examples in the order of the page."""
    text = files(__package__).joinpath("help.toml").read_text("utf-8")
    return tuple(Example(**each) for each in tomllib.loads(text)["example"])
