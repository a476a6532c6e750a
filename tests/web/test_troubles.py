"""Every error a network can give has words, and words say what to do."""

import pytest

from services.ingest.sources.base import ErrorKind
from web.languages import Language, load_all
from web.troubles import explained, in_short

RUSSIAN, ENGLISH = (load_all()[code] for code in ("ru", "en"))


@pytest.mark.parametrize("language", [RUSSIAN, ENGLISH])
@pytest.mark.parametrize("kind", list(ErrorKind))
def test_every_kind_of_error_has_words(kind: ErrorKind, language: Language) -> None:
    assert explained(kind.value, "vk:0", language)
    assert in_short(kind.value, None, language)


def test_a_code_that_says_what_to_do_stands_alone() -> None:
    told = explained("disable", "otklik:no-token", ENGLISH)

    assert told == (
        "There is no token of the kind that is needed here. Add one on the page of "
        "tokens, then resume the source."
    )


def test_a_code_that_says_what_happened_is_followed_by_what_to_do() -> None:
    told = explained("reauth", "vk:5", ENGLISH) or ""

    assert told.startswith("VKontakte: the token was revoked or is wrong. The network")


def test_where_there_is_no_error_nothing_is_said() -> None:
    assert (explained(None, None, RUSSIAN), in_short(None, "vk:5", RUSSIAN)) == (
        None,
        None,
    )
