"""One running installation for the journeys that do not break it."""

from collections.abc import Iterator

import pytest

from tests.installation import Installation, installation


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the journeys that start an installation of their own.

    The shared ones, once started, take processor time until the session ends.
    """
    items.sort(key=_asks_for_a_shared_one)


def _asks_for_a_shared_one(item: pytest.Item) -> bool:
    return not {"otklik", "demo"}.isdisjoint(getattr(item, "fixturenames", ()))


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
