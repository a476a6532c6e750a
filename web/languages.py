"""The languages of the pages: what a text is called in each."""

from dataclasses import dataclass
from typing import Self

from babel import Locale
from babel.support import Translations

from web import catalogue

DEFAULT = "ru"


def N_(text: str) -> str:  # noqa: N802 -- gettext's own name for "translate later"
    """Mark a text for extraction where it is defined, to be said where it is shown."""
    return text


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its catalogue and its ways with dates and numbers."""

    code: str
    name: str
    locale: Locale
    translations: Translations

    @classmethod
    def load(cls, code: str, name: str) -> Self:
        """Compile the catalogue of a language."""
        return cls(code, name, Locale.parse(code), catalogue.load(code))

    def say(self, text: str, **values: object) -> str:
        """Translate and fill in; `%(name)s` marks the places."""
        said = self.translations.gettext(text)
        return said % values if values else said

    def count(self, one: str, many: str, n: int, **values: object) -> str:
        """Translate a counted text in its right plural form."""
        return self.translations.ngettext(one, many, n) % {"n": n, **values}


def load_all() -> dict[str, Language]:
    """Load both languages, the default first."""
    return {
        code: Language.load(code, name)
        for code, name in (("ru", "Русский"), ("en", "English"))
    }
