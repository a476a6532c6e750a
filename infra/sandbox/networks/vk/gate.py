"""Before a method runs: the version, the token, its rate, its kind."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from infra.sandbox.networks.context import NetworkContext
from infra.sandbox.networks.vk import execute, figures, groups, newsfeed, wall
from infra.sandbox.networks.vk.call import GROUP, SERVICE, USER, Call, Method
from infra.sandbox.networks.vk.errors import NO_RIGHT, NOT_ALLOWED, VkError
from infra.sandbox.networks.vk.servers import Servers
from infra.sandbox.stage.tokens import Token, TokenState

RATES: Final[Mapping[str, int]] = {SERVICE: 3, USER: 3, GROUP: 20}
_EXECUTE: Final = "execute"
_REVOKED: Final[Mapping[str, tuple[int, str]]] = {
    SERVICE: (28, "access_token was revoked"),
    GROUP: (27, "access_token was revoked"),
    USER: (5, "user revoke access for this token."),
}
_WRONG_KIND: Final[Mapping[str, tuple[int, str]]] = {
    SERVICE: (28, "method is unavailable with service token."),
    GROUP: (27, "method is unavailable with group auth."),
}


@dataclass(frozen=True)
class Asked:
    """A request as it came in."""

    method: str
    params: Mapping[str, str]
    token: str
    base_url: str


class Gate:
    """Answers requests, or refuses them with the network's errors."""

    def __init__(
        self, network: NetworkContext, servers: Servers, more: Mapping[str, Method]
    ) -> None:
        self._network = network
        self._methods = {
            **more,
            **wall.METHODS,
            **newsfeed.METHODS,
            **figures.METHODS,
            **groups.methods(servers),
        }

    def answer(self, asked: Asked) -> dict[str, Any]:
        """Give the whole body, of the response or of the error."""
        try:
            token = self._admitted(asked)
            if asked.method == _EXECUTE:
                return self._execute(asked, token)
            return {"response": self._run(asked, token)}
        except VkError as error:
            return error.body(_told_back(asked))

    def _admitted(self, asked: Asked) -> Token:
        """Check the token, then its rate: a dead one is told so at any rate."""
        network, value = self._network, asked.token
        token, now = network.tokens.find(value), network.clock()
        limit = RATES.get(token.kind) if token else None
        is_within = network.meter.admit(value or "none", now, limit=limit)
        state = network.tokens.state(value, now)
        if token is None or state is not TokenState.VALID:
            network.meter.died(value or "none")
            raise _dead(token, state, value)
        if not is_within:
            raise VkError(6)
        if "v" not in asked.params:
            raise VkError(8, "v is required")
        return token

    def _run(self, asked: Asked, token: Token) -> Any:  # noqa: ANN401 -- any JSON
        method = self._method(asked.method)
        if token.kind not in method.kinds:
            raise _unavailable(token.kind)
        call = Call(self._network, asked.params, token, asked.base_url)
        return method.handle(call)

    def _method(self, name: str) -> Method:
        try:
            return self._methods[name]
        except KeyError:
            raise VkError(3) from None

    def _execute(self, asked: Asked, token: Token) -> dict[str, Any]:
        """Run every call; one that fails leaves `false` and a line of errors."""
        if token.kind == SERVICE:
            raise _unavailable(SERVICE)
        calls, is_list = execute.parse(asked.params.get("code", ""))
        answers: list[Any] = []
        errors: list[dict[str, Any]] = []
        for call in calls:
            inner = replace(asked, method=call.method, params=call.params)
            try:
                answers.append(self._run(inner, token))
            except VkError as error:
                answers.append(False)
                errors.append(
                    {
                        "method": call.method,
                        "error_code": error.code,
                        "error_msg": str(error),
                    }
                )
        body: dict[str, Any] = {"response": answers if is_list else answers[0]}
        return body | ({"execute_errors": errors} if errors else {})


def _dead(token: Token | None, state: TokenState, value: str) -> VkError:
    if not value:
        return VkError(5, "no access_token passed.")
    if token is None:
        return VkError(5, "invalid access_token (4).")
    if state is TokenState.EXPIRED:
        return VkError(5, "access_token has expired.")
    return VkError(*_REVOKED.get(token.kind, (5, "invalid access_token (4).")))


def _unavailable(kind: str) -> VkError:
    code, detail = _WRONG_KIND.get(kind, (15, "no access to call this method"))
    return VkError(code, detail, subcode=NO_RIGHT if code == NOT_ALLOWED else None)


def _told_back(asked: Asked) -> dict[str, str]:
    return {"method": asked.method, "oauth": "1", **asked.params}
