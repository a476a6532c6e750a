"""What FastAPI asks for a request does not leave the event loop."""

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

PACKAGES = ("services.ingest.api", "services.triage.api", "web.pages")
MODULES = [
    "services.reports.api",
    *(
        module.name
        for package in PACKAGES
        for module in pkgutil.iter_modules(
            import_module(package).__path__, prefix=f"{package}."
        )
    ),
]


def calls(dependant: Dependant) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each.call
        yield from calls(each)


@pytest.mark.parametrize("name", MODULES)
def test_no_dependency_waits_for_a_thread(name: str) -> None:
    """FastAPI runs functions that are not async in threads: four hops a delivery.

    Classes, too, but only people's steps ask for one.
    """
    router = getattr(import_module(name), "router", None)
    routes = router.routes if router else []

    found = {
        f"{call.__module__}.{call.__qualname__}"
        for route in routes
        if isinstance(route, APIRoute)
        for call in calls(route.dependant)
        if inspect.isfunction(call)
        and not inspect.iscoroutinefunction(call)
        and not inspect.isasyncgenfunction(call)
    }
    assert found == set()
