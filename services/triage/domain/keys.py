"""Keys: words of a text as numbers, and what a post is called in its network."""

from functools import lru_cache
from typing import Final
from zlib import crc32

from services.triage.domain.similar import telling_words

_HALF: Final = 2**31


def search_keys(text: str) -> list[int]:
    """Keys of the telling words of a text, each once, as the database's integers."""
    return sorted({_key(word) for word in telling_words(text)})


def own_key(network: str, key: str | None) -> str | None:
    """Keep a key that names the same post whichever source has seen it.

    Ingest alone knows which keys are a network's own: it names their network first.
    Messages from before it did bear whatever a source calls its posts.
    """
    return key if key and key.startswith(f"{network}:") else None


@lru_cache(maxsize=100_000)
def _key(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass")) - _HALF
