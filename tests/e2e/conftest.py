"""One running installation for the journeys that do not break it."""

from collections.abc import Iterator

import pytest

from tests.installation import Installation, installation


@pytest.fixture(scope="session")
def otklik() -> Iterator[Installation]:
    """An installation without the demonstration region."""
    with installation() as one:
        yield one


@pytest.fixture(scope="session")
def demo() -> Iterator[Installation]:
    """An installation with the demonstration region, as `make up` gives it."""
    with installation(demo=True) as one:
        yield one
