"""Kinds of personal data, where they stand in a text, and what stands there after."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, Literal, NamedTuple, TypeAlias

NameKind: TypeAlias = Literal["name", "surname", "patronymic"]
NameKindOf: TypeAlias = Callable[[str], NameKind | None]


class PersonalData(StrEnum):
    """What is taken out of the text of a post; `URL` is found in order to be kept."""

    ACCOUNT = "account"
    DOCUMENT = "document"
    EMAIL = "email"
    FLAT = "flat"
    NAME = "name"
    PHONE = "phone"
    PROFILE = "profile"
    URL = "url"


# The marks are part of the stored Russian text, as its other words are, and so are
# not translated. None of them has a digit or a capital: a second run finds nothing.
MARKS: Final[Mapping[PersonalData, str]] = {
    PersonalData.ACCOUNT: "[счёт]",
    PersonalData.DOCUMENT: "[документ]",
    PersonalData.EMAIL: "[e-mail]",
    PersonalData.FLAT: "[квартира]",
    PersonalData.NAME: "[имя]",
    PersonalData.PHONE: "[телефон]",
    PersonalData.PROFILE: "[профиль]",
}


class Span(NamedTuple):
    """Part of the original text: `text[start:end]`."""

    start: int
    end: int
    kind: PersonalData


class Redacted(NamedTuple):
    """Text with marks, and what they replaced, by places in the original text."""

    text: str
    spans: tuple[Span, ...]

    @property
    def kinds(self) -> frozenset[PersonalData]:
        return frozenset(span.kind for span in self.spans)
