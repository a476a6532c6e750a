"""The fake Odnoklassniki: methods under /ok/fb.do and /ok/api/<group>/<method>."""

from typing import Final

from infra.sandbox.networks.context import FakeNetwork
from infra.sandbox.networks.ok.api import limited, method_of, routes
from infra.sandbox.networks.ok.site import spot_of

FAKE: Final = FakeNetwork(
    code="ok",
    prefixes=("/ok",),
    routes=routes,
    route_name=method_of,
    limited=limited,
    site="ok.ru",
    spot_of=spot_of,
)
