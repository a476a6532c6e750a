"""The fake Instagram: Graph under /instagram/v25.0/…, webhooks of accounts."""

from typing import Final

from infra.sandbox.graph.gate import route_of
from infra.sandbox.networks.context import FakeNetwork
from infra.sandbox.networks.instagram.api import limited, routes

FAKE: Final = FakeNetwork(
    code="instagram",
    prefixes=("/instagram",),
    routes=routes,
    route_name=route_of,
    limited=limited,
)
