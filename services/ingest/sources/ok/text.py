"""OK's text as people read it, without whom it mentions."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.ingest.domain.redaction.marks import MARKS, PersonalData

# Nobody has documented this markup; what stands between the marks is a name.
_PERSON: Final = re.compile(r"#u(\d{1,20})s#.*?#u\1e#", re.DOTALL)
_LONE_MARK: Final = re.compile(r"#u\d{1,20}[se]#")
_PLACED_TOPIC: Final = re.compile(r"\{media_topic:?\d*\}")
_PLAIN_TOKENS: Final = frozenset({"HASHTAG", "LINK", "TAG", "TEXT", "URL"})
_OF_PEOPLE: Final = ("FRIEND", "MENTION", "PERSON", "USER")
_TO_PERSON: Final = re.compile(r"(?:user|friend):\S+")
_MARK: Final = MARKS[PersonalData.PROFILE]


def plain(text: str, *, people: Iterable[str] = ()) -> str:
    """Take OK's markup off; `people` are names the payload tells are a person's."""
    return _PLACED_TOPIC.sub("", without_people(text, people=people)).strip()


def without_people(text: str, *, people: Iterable[str] = ()) -> str:
    """Replace mentions of people by the mark that redaction uses for profiles."""
    if "#u" in text:
        text = _LONE_MARK.sub("", _PERSON.sub(_MARK, text))
    for name in people:
        text = text.replace(name, _MARK)
    return text


def topic_text(media: Iterable[Any], unknown: Counter[str]) -> str:
    """Join the text blocks of a topic; pictures and films have no words of their own.

    `text_tokens` are preferred: they say which words are a person's name.
    """
    blocks = [_block(each, unknown) for each in media if isinstance(each, dict)]
    return "\n\n".join(block for block in blocks if block)


def _block(block: Mapping[str, Any], unknown: Counter[str]) -> str:
    if block.get("type") != "text":
        return ""
    tokens = block.get("text_tokens")
    if isinstance(tokens, list) and tokens:
        return plain("".join(_token(each, unknown) for each in tokens))
    text = block.get("text")
    return plain(text) if isinstance(text, str) else ""


def _token(token: object, unknown: Counter[str]) -> str:
    if not isinstance(token, dict) or not isinstance(token.get("text"), str):
        return ""
    if names_person(token):
        return _MARK
    kind = str(token.get("type", "")).upper()
    if kind not in _PLAIN_TOKENS and not kind.startswith("GROUP"):
        unknown[f"text token: {kind[:40]}"] += 1
    text: str = token["text"]
    return text


def names_person(token: Mapping[str, Any]) -> bool:
    """Say whether the words of a token are somebody's name."""
    kind = str(token.get("type", "")).upper()
    values = [each for each in token.values() if isinstance(each, str)]
    refers = any(each.startswith(("user:", "friend:")) for each in values)
    return refers or any(word in kind for word in _OF_PEOPLE)


def scrubbed(value: Any, *, people: Iterable[str] = ()) -> Any:  # noqa: ANN401 -- JSON
    """Copy a payload with no mention of a person in it, nor a reference to one."""
    if isinstance(value, str):
        return without_people(value, people=people)
    if isinstance(value, list):
        return [scrubbed(each, people=people) for each in value if not _refers(each)]
    if not isinstance(value, dict):
        return value
    if "text" in value and "type" in value and names_person(value):
        return {"type": value["type"], "text": _MARK}
    kept = {
        name: scrubbed(each, people=people)
        for name, each in value.items()
        if not _refers(each)
    }
    if "text" in kept and isinstance(value.get("text_tokens"), list):
        # The block's own text has the names that its tokens tell apart.
        del kept["text"]
    return kept


def _refers(value: object) -> bool:
    return isinstance(value, str) and _TO_PERSON.fullmatch(value) is not None
