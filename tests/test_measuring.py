"""What is marked `no_cover` runs at full speed, in one process and in several."""

import sys

import pytest


@pytest.mark.no_cover
def test_what_is_marked_no_cover_is_not_traced() -> None:
    assert sys.gettrace() is None
