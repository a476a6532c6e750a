"""The fake X, under /x/2/…."""

from typing import Final

from infra.sandbox.networks.context import FakeNetwork
from infra.sandbox.networks.x.api import limited, route_of, routes

FAKE: Final = FakeNetwork(
    code="x",
    prefixes=("/x",),
    routes=routes,
    route_name=route_of,
    limited=limited,
)
