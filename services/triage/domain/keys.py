"""Words of a text as numbers: small enough to be searched beside fifty thousand."""

from functools import lru_cache
from typing import Final
from zlib import crc32

from services.triage.domain.similar import telling_words

_HALF: Final = 2**31


def search_keys(text: str) -> list[int]:
    """Keys of the telling words of a text, each once, as the database's integers."""
    return sorted({_key(word) for word in telling_words(text)})


@lru_cache(maxsize=100_000)
def _key(word: str) -> int:
    return crc32(word.encode("utf-8", "surrogatepass")) - _HALF
