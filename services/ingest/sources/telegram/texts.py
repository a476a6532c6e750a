"""The words of a message: text, caption or blocks; nobody's name in it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from shared.networks.mentions import SOMEBODY, without_mentions

# Where blocks and styled words keep what is inside them, in reading order.
_PARTS: Final = ("summary", "text", "expression", "items", "cells", "blocks", "caption")
_TEXTS: Final = (("text", "entities"), ("caption", "caption_entities"))
_WORDLESS: Final = frozenset({"anchor", "divider", "map", "thinking"})


def words_of(message: Mapping[str, Any]) -> str:
    """Give a message's words; an empty string for a picture without any.

    Telegram marks people who have no username by an entity: their names are cut out.
    """
    for text in unnamed(message).values():
        if text.strip():
            return text.strip()
    rich = message.get("rich_message")
    blocks = rich.get("blocks") if isinstance(rich, Mapping) else None
    if not isinstance(blocks, list):
        return ""
    return "\n".join(line for line in map(_block, blocks) if line).strip()


def unnamed(message: Mapping[str, Any]) -> dict[str, str]:
    """Give the text and the caption, as far as there are any, with nobody's name."""
    return {
        name: _unnamed(text, message.get(entities))
        for name, entities in _TEXTS
        if isinstance(text := message.get(name), str)
    }


def _unnamed(text: str, entities: object) -> str:
    marks = entities if isinstance(entities, list) else []
    spans = [
        (int(mark["offset"]), int(mark["length"]))
        for mark in marks
        if isinstance(mark, Mapping)
        and mark.get("type") == "text_mention"
        and {"offset", "length"} <= mark.keys()
    ]
    return without_mentions(text, spans)


def _block(block: object) -> str:
    """Words of a block, one line for each block inside it."""
    if isinstance(block, str):
        return block
    if isinstance(block, list):
        return "\n".join(line for line in map(_block, block) if line)
    if not isinstance(block, Mapping) or block.get("type") in _WORDLESS:
        return ""
    return "\n".join(line for line in _lines(block) if line)


def _lines(block: Mapping[str, Any]) -> Iterator[str]:
    for name in _PARTS:
        part = block.get(name)
        if name in {"summary", "text", "expression"}:
            yield _styled(part)
        elif name == "caption" and isinstance(part, Mapping):
            yield _styled(part.get("text"))
        elif name == "caption":
            yield _styled(part)
        elif part is not None:
            yield _block(part)


def _styled(words: object) -> str:
    """Words without their styles: a string, a list of parts, or one styled part."""
    if isinstance(words, str):
        return words
    if isinstance(words, list):
        return "".join(map(_styled, words))
    if not isinstance(words, Mapping):
        return ""
    if words.get("type") == "text_mention":
        return SOMEBODY
    if words.get("type") == "custom_emoji":
        return str(words.get("alternative_text", ""))
    return _styled(words.get("text", words.get("expression")))
