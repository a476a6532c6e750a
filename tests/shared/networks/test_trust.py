"""Networks whose certificates the usual bundles do not know can be called."""

import ssl
from pathlib import Path

import pytest

from shared.networks.settings import NetworkSettings
from shared.networks.trust import trusted
from tests.factories import NOW
from tests.shared.networks.certificates import PEM, self_signed

NAME = "An invented authority"


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A certificate nobody has heard of, as a PEM file."""
    made, _ = self_signed(NAME, NOW)
    file = tmp_path / "authority.pem"
    file.write_bytes(made.public_bytes(PEM))
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
