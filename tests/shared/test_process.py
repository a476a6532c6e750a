"""What every process does when it has started."""

import gc

from shared.process import settle


def test_a_settled_process_is_not_walked_over_again() -> None:
    settle()

    frozen = gc.get_freeze_count()
    gc.unfreeze()
    assert frozen > 10_000
