"""Certificates that nobody has heard of, made and signed in a moment."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM
_LONG = timedelta(days=36_500)


def self_signed(
    common_name: str, begins: datetime, *more: x509.ExtensionType
) -> tuple[x509.Certificate, bytes]:
    """Make a certificate of an authority that signs itself, and its key as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    draft = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + _LONG)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    for extension in more:
        draft = draft.add_extension(extension, critical=False)
    secret = key.private_bytes(
        PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return draft.sign(key, hashes.SHA256()), secret
