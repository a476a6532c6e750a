"""What is matched: a text with what is known of it, and the fields that ask for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.ingest.rules.words import TOKEN, parts


@dataclass(frozen=True, slots=True)
class Post:
    """A text and where it comes from; what is not known is None.

    `place` and `source` are names as people write them, `network` and `kind` codes of
    `ingest.v1`, `language` a code such as `ru`.
    """

    text: str
    place: str | None = None
    network: str | None = None
    source: str | None = None
    language: str | None = None
    kind: str | None = None


class FieldName(StrEnum):
    """The attribute of a post that a field asks for."""

    PLACE = "place"
    NETWORK = "network"
    SOURCE = "source"
    LANGUAGE = "language"
    KIND = "kind"


@dataclass(frozen=True, slots=True)
class Field:
    """Asks for an attribute: a code, or for place and source words side by side."""

    name: FieldName
    words: tuple[str, ...]


NAMES: Final = {
    "место": FieldName.PLACE,
    "place": FieldName.PLACE,
    "сеть": FieldName.NETWORK,
    "network": FieldName.NETWORK,
    "источник": FieldName.SOURCE,
    "source": FieldName.SOURCE,
    "язык": FieldName.LANGUAGE,
    "language": FieldName.LANGUAGE,
    "вид": FieldName.KIND,
    "kind": FieldName.KIND,
}
BY_WORDS: Final = frozenset({FieldName.PLACE, FieldName.SOURCE})
"""Fields whose value may have several words, in any form."""

_NETWORKS: Final = {
    "вк": "vk",
    "вконтакте": "vk",
    "ок": "ok",
    "одноклассники": "ok",
    "телеграм": "telegram",
    "телеграмм": "telegram",
    "тг": "telegram",
    "жж": "livejournal",
    "макс": "max",
    "портал": "portal",
    "файл": "file",
}
_LANGUAGES: Final = {"русский": "ru", "рус": "ru", "английский": "en", "англ": "en"}
_KINDS: Final = {
    "пост": "post",
    "запись": "post",
    "post": "post",
    "комментарий": "comment",
    "комментарии": "comment",
    "comment": "comment",
}


def field(name: FieldName, value: str) -> Field | None:
    """Make a field of its value; None when the field takes no such value."""
    words = tuple(part for token in TOKEN.findall(value) for part in parts(token))
    if name in BY_WORDS:
        return Field(name, words) if words else None
    code = _code(name, "-".join(words))
    return Field(name, (code,)) if code else None


def _code(name: FieldName, value: str) -> str | None:
    match name:
        case FieldName.KIND:
            return _KINDS.get(value)
        case FieldName.NETWORK:
            code = _NETWORKS.get(value, value)
        case _:
            code = _LANGUAGES.get(value, value)
    return code if code.isascii() and code else None
