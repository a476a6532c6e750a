"""Where networks are reached: only an operator may send tokens elsewhere."""

import pytest
from pydantic import ValidationError

from services.ingest.settings import Settings


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("http://127.0.0.1:8090/vk/", "http://127.0.0.1:8090/vk"),
        ("http://sandbox:8090", "http://sandbox:8090"),
        ("http://localhost:8090", "http://localhost:8090"),
        ("http://10.1.2.3", "http://10.1.2.3"),
        ("https://bots.example", "https://bots.example"),
    ],
)
def test_a_network_may_be_elsewhere(given: str, kept: str) -> None:
    assert Settings(vk_base=given).bases == {"vk": kept}


@pytest.mark.parametrize(
    "given",
    [
        "http://bots.example",
        "http://93.184.216.34",
        "https://user:secret@bots.example",
        "https://bots.example/?a=1",
        "ftp://bots.example",
        "bots.example",
    ],
)
def test_tokens_are_not_sent_where_others_can_read_them(given: str) -> None:
    with pytest.raises(ValidationError):
        Settings(telegram_base=given)


def test_without_a_setting_networks_are_where_they_are() -> None:
    assert Settings(vk_base="").bases == {}
