"""The fake VKontakte: methods under /vk/method/, Callback API, Long Poll, Streaming."""

from typing import Final

from infra.sandbox.networks.context import FakeNetwork
from infra.sandbox.networks.vk.api import limited, method_of, routes
from infra.sandbox.networks.vk.site import spot_of

FAKE: Final = FakeNetwork(
    code="vk",
    prefixes=("/vk",),
    routes=routes,
    route_name=method_of,
    limited=limited,
    site="vk.com",
    spot_of=spot_of,
)
