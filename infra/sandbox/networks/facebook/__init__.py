"""The fake Facebook: Graph under /facebook/v25.0/…, webhooks of pages."""

from typing import Final

from infra.sandbox.graph.gate import route_of
from infra.sandbox.networks.context import FakeNetwork
from infra.sandbox.networks.facebook.api import limited, routes

FAKE: Final = FakeNetwork(
    code="facebook",
    prefixes=("/facebook",),
    routes=routes,
    route_name=route_of,
    limited=limited,
)
