"""The fake Odnoklassniki: methods under /ok/fb.do and /ok/api/<group>/<method>."""

from typing import Final

from infra.sandbox.networks.context import FakeNetwork
from infra.sandbox.networks.ok.api import limited, method_of, routes

FAKE: Final = FakeNetwork(
    code="ok",
    prefixes=("/ok",),
    routes=routes,
    route_name=method_of,
    limited=limited,
)
