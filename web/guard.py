"""The form guard (CSRF): every POST must carry a token only our own page could hold.

The token signs a random cookie together with the session, so that a planted cookie
is worth nothing without the installation's secret. Requests that the browser itself
calls cross-site are refused before the token is looked at.
"""

import hashlib
import hmac
import secrets

from pydantic import SecretStr

FIELD = "guard"
HEADER = "X-Guard"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def new_nonce() -> str:
    """Make the random cookie."""
    return secrets.token_urlsafe(18)


def sign(secret: SecretStr, nonce: str, session: str | None) -> str:
    """Make the token that belongs to a cookie and a session."""
    message = f"{nonce}\n{session or ''}".encode()
    key = secret.get_secret_value().encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def holds(expected: str, sent: object) -> bool:
    """Compare in constant time; anything but text is wrong."""
    return isinstance(sent, str) and hmac.compare_digest(
        expected.encode(), sent.encode()
    )
