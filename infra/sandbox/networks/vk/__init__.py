"""The fake VKontakte: methods under /vk/method/, Callback API, Bots Long Poll."""

from typing import Final

from infra.sandbox.networks.context import FakeNetwork
from infra.sandbox.networks.vk.api import limited, method_of, routes

FAKE: Final = FakeNetwork(
    code="vk",
    prefixes=("/vk",),
    routes=routes,
    route_name=method_of,
    limited=limited,
)
