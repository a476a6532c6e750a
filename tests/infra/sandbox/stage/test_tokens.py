"""Access tokens of a fake network."""

from datetime import timedelta

import pytest

from infra.sandbox.stage.tokens import Token, TokenBook, TokenState
from shared.errors import NotFound
from tests.infra.sandbox.worlds import START

HOUR = timedelta(hours=1)


def test_token_without_a_lifetime_lives_for_ever() -> None:
    book = TokenBook("vk")

    token = book.issue("service")

    assert token == Token("vk-service-1", "service")
    assert book.state(token.value, START + 9999 * HOUR) is TokenState.VALID


def test_token_dies_at_the_end_of_its_life() -> None:
    book = TokenBook("vk")
    token = book.issue("user", owner="town", now=START, lifetime=HOUR)

    states = [book.state(token.value, START + one) for one in (HOUR / 2, HOUR)]

    assert states == [TokenState.VALID, TokenState.EXPIRED]


def test_revoked_token_can_be_given_back_its_rights() -> None:
    book = TokenBook("vk")
    token = book.issue("group", owner="town")

    book.revoke(token.value)
    revoked = book.state(token.value, START)
    book.revoke(token.value, is_revoked=False)

    assert revoked is TokenState.REVOKED
    assert book.state(token.value, START) is TokenState.VALID


def test_unknown_token_opens_nothing_and_cannot_be_revoked() -> None:
    book = TokenBook("vk")
    book.issue("service", value="known")

    assert book.state("unknown", START) is TokenState.UNKNOWN
    assert book.state(None, START) is TokenState.UNKNOWN
    with pytest.raises(NotFound):
        book.revoke("unknown")
