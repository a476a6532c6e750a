"""With what a network is reached: tokens, budget, clock, connection."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import httpx

from shared.clock import Clock
from shared.networks.budget import Budget
from shared.networks.sockets import OpenSocket


@dataclass(frozen=True, slots=True)
class Token:
    """A credential of a network as its caller needs it.

    `id` tells tokens apart in budgets and counters and is no secret. `kind` is the
    network's word, such as `service`, `community`, `bot`. `secrets` holds the values.
    """

    id: str
    kind: str
    secrets: Mapping[str, str] = field(repr=False)


Exchange: TypeAlias = Callable[[Token], Awaitable[Token]]
"""Gets a fresh token for one that has run out, at most once for each."""

Keep: TypeAlias = Callable[[Token, Exchange], Awaitable[Token]]
"""Exchanges a token and stores the fresh one under the same id before it is used.

When another process was faster it returns what that one has stored.
"""

Alone: TypeAlias = Callable[[str], AbstractAsyncContextManager[None]]
"""Makes sure that nobody else uses a secret meanwhile; raises WAIT if somebody does."""


@dataclass(frozen=True, slots=True)
class Access:
    """With what a connector reaches its network; all of it is given from outside.

    `base` overrides the network's address (the sandbox, a self-hosted server).
    `options` are the operator's settings of this network, what was set for this very
    source over them, and always `zone`, the IANA name of the region's time zone; of a
    watched source `pause_s`, the pause between two polls when all is well, too.
    Without `keep` no token is exchanged. `alone` guards what may be used in one place
    at a time; None: there is no other place. `socket` opens websockets, where there
    are any.
    """

    http: httpx.AsyncClient
    budget: Budget
    clock: Clock
    tokens: tuple[Token, ...] = ()
    base: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    keep: Keep | None = None
    alone: Alone | None = None
    socket: OpenSocket | None = None

    def token(self, *kinds: str) -> Token | None:
        """Return the first token of the first of these kinds there is."""
        for kind in kinds:
            for token in self.tokens:
                if token.kind == kind:
                    return token
        return None
