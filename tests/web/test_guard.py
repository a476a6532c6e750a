"""The form guard."""

from pydantic import SecretStr

from web import guard

SECRET = SecretStr("a")


def test_guard_belongs_to_secret_cookie_and_session() -> None:
    tokens = {
        guard.sign(SECRET, "nonce", "session"),
        guard.sign(SecretStr("b"), "nonce", "session"),
        guard.sign(SECRET, "other", "session"),
        guard.sign(SECRET, "nonce", "another"),
        guard.sign(SECRET, "nonce", None),
    }

    assert len(tokens) == 5
    assert guard.sign(SECRET, "nonce", "session") in tokens


def test_only_the_same_text_holds() -> None:
    assert guard.holds("token", "token")
    assert not guard.holds("token", "Token")
    assert not guard.holds("token", "жетон")
    assert not guard.holds("token", None)


def test_every_cookie_is_its_own() -> None:
    assert guard.new_nonce() != guard.new_nonce()
