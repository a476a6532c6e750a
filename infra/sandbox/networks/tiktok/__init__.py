"""The fake TikTok: the Research API under /tiktok/v2/…."""

from typing import Final

from infra.sandbox.networks.context import FakeNetwork
from infra.sandbox.networks.tiktok.api import limited, route_of, routes

FAKE: Final = FakeNetwork(
    code="tiktok",
    prefixes=("/tiktok",),
    routes=routes,
    route_name=route_of,
    limited=limited,
)
