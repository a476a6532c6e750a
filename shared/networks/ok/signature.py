"""Signs calls of OK: MD5 over the sorted parameters and a secret."""

from collections.abc import Mapping
from hashlib import md5
from typing import Final

UNSIGNED: Final = frozenset({"access_token", "resig", "session_key", "sig"})
"""Parameters that OK leaves out when it checks a signature."""


def secret_of(secrets: Mapping[str, str]) -> str:
    """Give the secret that ends the signed string, in this order.

    1. A session's own `session_secret_key`.
    2. In a session without one: MD5 of the access token and the application's secret.
    3. Without a session: the application's secret.
    """
    if given := secrets.get("session_secret_key"):
        return given
    application = secrets["application_secret_key"]
    token = secrets.get("access_token")
    return _digest(token + application) if token else application


def signature(params: Mapping[str, str], secret: str) -> str:
    """Sign parameters as they are before they are encoded for the way.

    Name and value are joined without anything between the pairs. Bytes are UTF-8:
    OK's own signature of a Russian text is over the letters, not over `%D0…`.
    """
    signed = sorted(name for name in params if name not in UNSIGNED)
    return _digest("".join(f"{name}={params[name]}" for name in signed) + secret)


def _digest(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
