"""What is wrong with a source is said in words, by its code or by its kind."""

import pytest

from services.ingest.sources.base import ErrorKind
from services.ingest.sources.vk import stream_errors
from web.languages import Language, load_all
from web.troubles import explained, in_short

LANGUAGES = load_all()
RU, EN = LANGUAGES["ru"], LANGUAGES["en"]


@pytest.mark.parametrize("language", [RU, EN])
def test_every_refusal_of_vk_s_stream_is_explained(language: Language) -> None:
    codes = [stream_errors.CODE, stream_errors.KEY, stream_errors.REMARK]
    codes += [str(stream_errors.numbered(code, "").code) for code in range(1000, 3002)]

    told = {code: explained(None, code, language) for code in codes}

    assert None not in told.values()
    assert told["vk:stream:2000"] == told["vk:stream"]
    assert len(set(told.values())) == 7


def test_a_note_is_explained_though_nothing_failed() -> None:
    said = in_short(None, "vk:stream:1006", EN)

    assert said == (
        "VKontakte: another program listens to the stream with this key. The search "
        "goes on as usual."
    )
    assert explained(None, "vk:stream:1006", EN) == said


def test_a_failure_is_explained_by_its_code_and_its_kind() -> None:
    known, kind = explained("wait", "vk:9", EN), explained("wait", "vk:9999", EN)

    assert known == f"VKontakte: too many calls of one kind. We wait. {kind}"
    assert in_short("wait", "vk:9", EN) == (
        "VKontakte: too many calls of one kind. We wait."
    )
    assert in_short("wait", "vk:9999", EN) == kind


@pytest.mark.parametrize("code", [None, "", "ok:7777", "vk:9999"])
def test_where_nothing_is_wrong_nothing_is_said(code: str | None) -> None:
    assert explained(None, code, RU) is None
    assert in_short(None, code, RU) is None


@pytest.mark.parametrize("language", [RU, EN])
@pytest.mark.parametrize("kind", list(ErrorKind))
def test_every_kind_of_error_has_words(kind: ErrorKind, language: Language) -> None:
    assert explained(kind.value, "vk:0", language)
    assert in_short(kind.value, None, language)


def test_a_code_that_says_what_to_do_stands_alone() -> None:
    told = explained("disable", "otklik:no-token", EN)

    assert told == (
        "There is no token of the kind that is needed here. Add one on the page of "
        "tokens, then resume the source."
    )


def test_a_channel_without_a_preview_is_no_matter_of_captchas() -> None:
    told = explained("human", "telegram:no_preview", EN)

    assert told == (
        "Telegram: the channel has no public preview. A bot that is its administrator, "
        "or the session of an account, can read it."
    )


def test_a_code_that_says_what_happened_is_followed_by_what_to_do() -> None:
    told = explained("reauth", "vk:5", EN) or ""

    assert told.startswith("VKontakte: the token was revoked or is wrong. The network")
