"""One message has one name, whoever tells of it."""

import pytest

from shared.networks.telegram.names import (
    Target,
    channel_number,
    chat_id_of,
    handle_of,
    key_of,
    link_of,
    target_of,
)


@pytest.mark.parametrize(
    ("chat", "handle"),
    [
        ({"id": -1009000000001, "type": "channel", "username": "Test_D"}, "test_d"),
        ({"id": -1009000000001, "type": "channel"}, "c/9000000001"),
        ({"id": -1009000000001, "type": "channel", "username": ""}, "c/9000000001"),
        (
            {"id": -1009000000002, "type": "supergroup", "username": "chat"},
            "c/9000000002",
        ),
        ({"id": -4000001, "type": "group"}, "g/4000001"),
    ],
)
def test_chat_has_a_handle(chat: dict[str, object], handle: str) -> None:
    assert handle_of(chat) == handle


def test_numbers_of_the_two_apis_lead_to_each_other() -> None:
    assert channel_number(-1009000000001) == 9000000001
    assert chat_id_of(9000000001) == -1009000000001
    assert channel_number(-4000001) is None


@pytest.mark.parametrize(
    ("handle", "link", "target"),
    [
        ("test_d", "https://t.me/test_d/7", Target("@test_d", 7)),
        ("c/9000000002", "https://t.me/c/9000000002/7", Target(-1009000000002, 7)),
    ],
)
def test_link_of_a_message_leads_back_to_it(
    handle: str, link: str, target: Target
) -> None:
    assert (key_of(handle, 7), link_of(handle, 7)) == (f"{handle}/7", link)
    assert target_of(link) == target


@pytest.mark.parametrize(
    "link",
    [
        None,
        "",
        "https://t.me/test_d",
        "https://t.me.evil.example/test_d/7",
        "https://t.me/c/9/7/../../x",
        "javascript:alert(1)",
    ],
)
def test_other_addresses_are_no_target(link: str | None) -> None:
    assert target_of(link) is None


def test_message_of_a_basic_group_has_no_address() -> None:
    assert link_of("g/4000001", 7) is None
