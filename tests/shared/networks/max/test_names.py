"""A message has one name, whether MAX, a link or a file tells it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.networks.max.names import Spot, key_of, spot_at, spot_in, spot_of

MID = "mid.ffffc0557b5f8ff7019d47b1ce4600ff"
SPOT = Spot(-70000000004105, 116327994376978687)


def test_number_of_a_message_is_in_its_mid_its_key_and_its_address() -> None:
    spot = Spot(int.from_bytes(bytes.fromhex(MID[4:20]), signed=True), SPOT.seq)

    assert spot_of(MID) == spot
    assert spot.mid == MID
    assert spot.seq >> 16 == 1_775_024_328_262
    assert key_of(MID) == f"{spot.chat}/116327994376978687"
    assert spot.url == f"https://max.ru/c/{spot.chat}/AZ1Hsc5GAP8"


@given(
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.integers(0, 2**63 - 1),
)
def test_every_form_leads_back(chat: int, seq: int) -> None:
    spot = Spot(chat, seq)

    assert [spot_of(spot.mid), spot_at(spot.key), spot_in(spot.url)] == [spot] * 3


@pytest.mark.parametrize(
    "mid", ["mid.1", "", "mid." + "f" * 32, MID.upper(), MID + "0", "ffff"]
)
def test_mid_of_another_form_is_its_own_key(mid: str) -> None:
    assert (spot_of(mid), key_of(mid)) == (None, mid)


@pytest.mark.parametrize("key", [None, "", "5", "-7/x", "-7/", f"-7/{2**63}", "/7"])
def test_other_keys_name_no_message(key: str | None) -> None:
    assert spot_at(key) is None


@pytest.mark.parametrize(
    "link",
    [
        "HTTPS://MAX.ru/c/-7/AAAAAAAAAAU?x=1",
        " https://web.max.ru/c/-7/AAAAAAAAAAU/ ",
        "http://www.max.ru/c/-7/AAAAAAAAAAU#top",
    ],
)
def test_pasted_links_are_read(link: str) -> None:
    assert spot_in(link) == Spot(-7, 5)


@pytest.mark.parametrize(
    "link",
    [
        None,
        "",
        "https://max.ru/c/-7",
        "https://max.ru/c/-7/AAAA",
        "https://max.ru/c/-7/__________8",
        "https://max.ru/name/AAAAAAAAAAU",
        "https://max.ru.example/c/-7/AAAAAAAAAAU",
        f"https://max.ru/c/-{2**63 + 1}/AAAAAAAAAAU",
    ],
)
def test_other_links_name_no_message(link: str | None) -> None:
    assert spot_in(link) is None
