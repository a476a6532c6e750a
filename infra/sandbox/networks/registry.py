"""Finds the fake networks: every folder beside this file that exports `FAKE`."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from infra.sandbox.networks.context import FakeNetwork


@cache
def fakes() -> tuple[FakeNetwork, ...]:
    """Give all fakes in the order of their folders' names."""
    package = import_module("infra.sandbox.networks")
    folders = [found.name for found in iter_modules(package.__path__) if found.ispkg]
    modules = [import_module(f"{package.__name__}.{name}") for name in sorted(folders)]
    return tuple(module.FAKE for module in modules)
