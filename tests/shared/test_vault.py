"""What is sealed at rest opens where it belongs, and nowhere else."""

import pytest

from shared.errors import Unavailable
from shared.vault import Vault


def test_a_sealed_text_opens_in_its_own_place_with_its_own_secret_only() -> None:
    sealed = Vault(b"one").seal("тайна", "post 1")

    assert Vault(b"one").unseal(sealed, "post 1") == "тайна"
    for vault, place in ((Vault(b"two"), "post 1"), (Vault(b"one"), "post 2")):
        with pytest.raises(Unavailable):
            vault.unseal(sealed, place)


def test_two_seals_of_one_text_differ() -> None:
    vault = Vault(b"one")

    assert vault.seal("тайна", "a") != vault.seal("тайна", "a")


@pytest.mark.parametrize("length", [0, 3, 11, 12, 20, -1])
def test_what_was_cut_off_does_not_open(length: int) -> None:
    sealed = Vault(b"one").seal("тайна", "post 1")

    with pytest.raises(Unavailable):
        Vault(b"one").unseal(sealed[:length], "post 1")
