"""Before a method runs: the key, the signature, the session, the rate."""

from collections.abc import Mapping
from hashlib import md5
from typing import Any, Final

from infra.sandbox.networks.ok import discussions, groups, search, topics
from infra.sandbox.networks.ok.call import Call, Method, Server
from infra.sandbox.networks.ok.errors import OkError
from infra.sandbox.stage.tokens import Token, TokenState

APPLICATION_KEY: Final = "CSANDBOXAAAAAAAAA"
APPLICATION_SECRET: Final = "sandbox-application-secret"  # noqa: S105 -- invented
RATE: Final = 3
"""Calls a second of a token; OK publishes no number, this is what we promise."""

_METHODS: Final[Mapping[str, Method]] = {
    **discussions.METHODS,
    **groups.METHODS,
    **search.METHODS,
    **topics.METHODS,
}


class Gate:
    """Answers requests, or refuses them with the network's errors."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def answer(self, method: str, params: Mapping[str, str]) -> Any:  # noqa: ANN401
        """Give the whole body, of the answer or of the error."""
        try:
            _check_signature(params)
            call = Call(self._server, params, self._admitted(params))
            return _METHODS.get(method, _unknown)(call)
        except OkError as error:
            return error.body()

    def _admitted(self, params: Mapping[str, str]) -> Token | None:
        """Check the session, then its rate; without one the application is counted."""
        network, value = self._server.network, params.get("access_token")
        now = network.clock()
        name = value or APPLICATION_KEY
        is_within = network.meter.admit(name, now, limit=RATE)
        if value is not None:
            state = network.tokens.state(value, now)
            if state is not TokenState.VALID:
                network.meter.died(name)
                raise OkError(103 if state is TokenState.UNKNOWN else 102)
        if not is_within:
            raise OkError(8)
        return network.tokens.find(value)


def _unknown(_: Call) -> Any:  # noqa: ANN401 -- as every method
    raise OkError(3)


def _check_signature(params: Mapping[str, str]) -> None:
    if params.get("application_key") != APPLICATION_KEY:
        raise OkError(101)
    if params.get("sig") != expected_signature(params):
        raise OkError(104)


def expected_signature(params: Mapping[str, str]) -> str:
    """Sign as OK's documentation says, over the parameters as they arrived."""
    token = params.get("access_token")
    secret = _md5(token + APPLICATION_SECRET) if token else APPLICATION_SECRET
    signed = {
        name: value
        for name, value in params.items()
        if name not in {"sig", "resig", "access_token", "session_key"}
    }
    return _md5("".join(f"{name}={signed[name]}" for name in sorted(signed)) + secret)


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
