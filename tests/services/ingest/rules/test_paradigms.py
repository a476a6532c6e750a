"""Every form of a word is found by its dictionary form, an exact form by itself."""

import random
from itertools import product
from uuid import UUID

import pymorphy3
import pytest

from services.ingest.rules import Match, Matcher, QueryError, compile_rule

# Measuring coverage would make it several times slower and cover nothing new.
pytestmark = pytest.mark.no_cover

WORDS = 2_000
Paradigms = dict[str, list[str]]


@pytest.fixture(scope="module")
def paradigms() -> Paradigms:
    """Dictionary forms with all their forms, drawn from the whole dictionary."""
    chosen = random.Random(4)  # noqa: S311 -- repeatable, not secret
    analyzer = pymorphy3.MorphAnalyzer(lang="ru")
    found: Paradigms = {}
    starts = list(product("абвгдежзийклмнопрстуфхцчшщэюя", repeat=2))
    chosen.shuffle(starts)
    for start in starts:
        for word, _, lemma, *_ in analyzer.dictionary.iter_known_words("".join(start)):
            if word == lemma and chosen.random() < 0.1 and is_query(f"!{word}"):
                found[lemma] = sorted(
                    {
                        form.word
                        for reading in analyzer.parse(word)
                        if reading.normal_form == lemma
                        for form in reading.lexeme
                    }
                )
        if len(found) >= WORDS:
            break
    return {lemma: found[lemma] for lemma in chosen.sample(sorted(found), WORDS)}


def is_query(query: str) -> bool:
    try:
        compile_rule(UUID(int=1), 1, query)
    except QueryError:
        return False
    return True


def numbers(found: list[Match]) -> list[int]:
    return [match.rule_id.int for match in found]


def test_the_dictionary_form_finds_every_form(paradigms: Paradigms) -> None:
    rules = [compile_rule(UUID(int=n), 1, word) for n, word in enumerate(paradigms)]
    forms = [
        (number, form)
        for number, listed in enumerate(paradigms.values())
        for form in listed
    ]

    found = Matcher(rules).match([form.upper() for _, form in forms])

    missed = [
        form
        for (number, form), matches in zip(forms, found, strict=True)
        if number not in numbers(matches)
    ]
    assert missed == []
    assert len(forms) > 10 * WORDS


def test_an_exact_form_finds_itself_alone(paradigms: Paradigms) -> None:
    plain = [
        sorted({form.replace("ё", "е") for form in forms})
        for forms in paradigms.values()
    ]
    wanted = [forms[len(forms) // 2] for forms in plain]
    rules = [compile_rule(UUID(int=n), 1, f"!{form}") for n, form in enumerate(wanted)]
    matcher = Matcher(rules)

    wrong = [
        form
        for number, forms in enumerate(plain)
        for form, matches in zip(forms, matcher.match(forms), strict=True)
        if (number in numbers(matches)) != (form == wanted[number])
    ]
    assert wrong == []
