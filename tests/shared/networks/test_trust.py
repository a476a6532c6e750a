"""Networks whose certificates the usual bundles do not know can be called."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.networks.settings import NetworkSettings
from shared.networks.trust import trusted
from tests.factories import NOW

NAME = "An invented authority"


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A certificate nobody has heard of, as a PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "authority.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return file


def names(context: ssl.SSLContext) -> set[str]:
    """Name the authorities a context believes."""
    return {
        value
        for found in context.get_ca_certs()
        for ((name, value),) in found["subject"]
        if name == "commonName"
    }


def test_an_authority_is_trusted_besides_the_usual_ones(authority: Path) -> None:
    settings = NetworkSettings(ca_file=authority)

    usual, more = names(trusted(None)), names(trusted(settings.ca_file))

    assert more == usual | {NAME}
    assert len(usual) > 50
    assert trusted(authority).verify_mode is ssl.CERT_REQUIRED


def test_a_file_without_a_certificate_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "authority.pem"
    empty.write_text("no certificate", "utf-8")

    with pytest.raises(ssl.SSLError):
        trusted(empty)


def test_a_file_that_is_not_there_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ca_file"):
        NetworkSettings(ca_file=tmp_path / "nothing.pem")
