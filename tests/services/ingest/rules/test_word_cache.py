"""Words of texts are remembered, few enough of them, and never wrongly."""

from uuid import UUID

import pytest

from services.ingest.rules import Matcher, compile_rule, matcher
from services.ingest.rules.query import Prefix, Word
from services.ingest.rules.vocabulary import LONG, Vocabulary, WordCache
from tests.services.ingest.rules.reference import Reference

QUERIES = ["яма", "ям* -снег", "мыло | мыть", "стекло", '"стекло мыло"~3']
# Of several terms at once: «ямы» is a form and has the prefix, «мыла» and «стекла» are
# forms of nouns and of verbs, compounds are their parts as well.
WORDS = ["ямы", "мыла", "стекла", "яма-стекло", "снегу", "мыла,", "«ямы»", "д" * 60]
LONGEST = "ямы-" * 30 + "стекла"
TEXTS = [
    " ".join(WORDS),
    " ".join([*WORDS, *(f"слово{n}" for n in range(9)), *WORDS]),
    f"{LONGEST} мыла",
    " ".join([*(f"ям{n}" for n in range(9)), "стекла", LONGEST]),
]


@pytest.mark.parametrize("kept", [1, 2, 3, 5, 8, 1_000])
def test_however_few_words_are_kept_the_answers_are_the_same(
    monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(matcher, "WORDS_KEPT", kept)
    rules = [(UUID(int=n), n, query) for n, query in enumerate(QUERIES)]
    small = Matcher([compile_rule(*rule) for rule in rules])

    found = [small.match(TEXTS) for _ in range(3)]

    assert found == [Reference(TEXTS).match(rules)] * 3
    assert any(found[0])


def test_the_cache_of_words_is_bounded_and_keeps_what_is_used() -> None:
    vocabulary = Vocabulary()
    (pit,) = vocabulary.add(Word("яма"))
    (begun,) = vocabulary.add(Prefix("ям"))
    cache = WordCache(vocabulary, limit=3)

    words = ["ямы", "б", "в", "г", "ямка", "ямы", "д" * 60, "яма,"]
    found = [cache.numbers_of(word) for word in words]
    for size in range(9):
        assert cache.layouts["яма" + "!" * size] == ((0, 3, (pit, begun)),)

    both = (pit, begun)
    assert found == [both, (), (), (), (begun,), both, (), both]
    assert len(cache) <= 3
    assert len(cache.layouts) <= 3


def test_kinds_of_words_are_forgotten_with_the_words() -> None:
    vocabulary = Vocabulary()
    for place in range(40):
        vocabulary.add(Word(f"слово{place}"))
    cache = WordCache(vocabulary, limit=4)

    for place in range(39):
        pair = cache.ids_of([f"слово{place},слово{place + 1}"])
        assert len(pair) == 2

    assert len(cache.several) <= 2 * 4


def test_a_long_piece_is_read_and_not_kept() -> None:
    vocabulary = Vocabulary()
    (number,) = vocabulary.add(Word("яма"))
    cache = WordCache(vocabulary, limit=3)

    assert cache.ids_of(["яма/" * 100]) == {number}
    assert cache["яма/" * 100] == LONG
    assert list(cache) == ["яма"]
