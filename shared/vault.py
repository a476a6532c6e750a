"""Secrets at rest: sealed originals, sealed uploads and keyed fingerprints."""

import base64
import binascii
import os
import zlib
from hashlib import blake2b
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr

from shared.errors import Unavailable

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_FINGERPRINT_BYTES: Final = 16


class Vault:
    """Seals with keys derived from the installation's secret, one for each purpose.

    What is sealed is bound to its place: moved to another row it does not open.
    """

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCM(_derived(secret, b"otklik sealed originals"))
        self._signing_key = _derived(secret, b"otklik fingerprints")

    def sign(self, fingerprint: bytes) -> bytes:
        """Make a fingerprint from which nobody without the secret can guess texts."""
        return blake2b(
            fingerprint, digest_size=_FINGERPRINT_BYTES, key=self._signing_key
        ).digest()

    def seal(self, text: str, place: str) -> bytes:
        """Encrypt a text for one place."""
        return self.seal_bytes(text.encode(), place)

    def unseal(self, sealed: bytes, place: str) -> str:
        """Decrypt a text; Unavailable when the secret or the place is another."""
        return self.unseal_bytes(sealed, place).decode()

    def seal_bytes(self, data: bytes, place: str) -> bytes:
        """Compress and encrypt for one place."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, zlib.compress(data), place.encode())

    def unseal_bytes(self, sealed: bytes, place: str) -> bytes:
        """Undo `seal_bytes`; Unavailable when the secret or the place is another.

        So it is when something is missing, down to the nonce.
        """
        nonce, encrypted = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            packed = self._cipher.decrypt(nonce, encrypted, place.encode())
        except (InvalidTag, ValueError):
            raise Unavailable(
                "The sealed text does not open with this OTKLIK_SECRET_KEY."
            ) from None
        return zlib.decompress(packed)


def vault_of(secret: SecretStr | None) -> Vault:
    """Read the setting: 32 bytes as base64 or hex; Unavailable says what is wrong."""
    if secret is None:
        raise Unavailable("OTKLIK_SECRET_KEY is not set (`otklik up` makes one).")
    key = _decoded(secret.get_secret_value().strip())
    if len(key) != _KEY_BYTES:
        raise Unavailable("OTKLIK_SECRET_KEY must be 32 bytes in base64 or hex.")
    return Vault(key)


def _decoded(text: str) -> bytes:
    if len(text) == 2 * _KEY_BYTES:
        try:
            return bytes.fromhex(text)
        except ValueError:
            return b""
    try:
        padded = text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4)
        return base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=purpose).derive(secret)
