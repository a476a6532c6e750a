"""What an official page speaks with: its own token, from the credentials of its region.

Never a token of another page: its owner would be the one who speaks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx

from services.triage.domain.answering import Failure, Page
from services.triage.publishers.base import PublishError
from shared.clock import Clock
from shared.db import Database
from shared.identity import store as identity
from shared.models.networks import Credential
from shared.networks.access import Access, Token
from shared.networks.budget import Budget
from shared.networks.credentials import has_ended, of_network, token_of
from shared.networks.keeping import Keeping
from shared.networks.settings import NetworkSettings
from shared.vault import Vault

SPEAKS: Final[Mapping[str, str]] = {
    "vk": "community",
    "ok": "user",
    "telegram": "bot",
    "max": "bot",
}
"""The kind of token each network's pages speak with."""

READS: Final[Mapping[str, frozenset[str]]] = {
    "vk": frozenset({"service", "user"}),
    "telegram": frozenset({"session"}),
}
"""Tokens that only read, and may be anybody's of the region."""


@dataclass(frozen=True)
class Means:
    """With what networks are called; no `vault`, no token."""

    http: httpx.AsyncClient
    budget: Budget
    clock: Clock
    database: Database
    vault: Vault | None
    settings: NetworkSettings


@dataclass(frozen=True)
class _Kept:
    """A credential and what is in it."""

    credential: Credential
    token: Token


class Voices:
    """Finds what pages speak with; make one for a process."""

    def __init__(self, means: Means) -> None:
        self._means = means
        vault = means.vault
        self._keeping = None if vault is None else Keeping(means.database, vault)

    async def access_of(self, page: Page) -> Access | None:
        """Open the page's token, and those that read beside it; None without one.

        Raises `PublishError` (REAUTH) when the page's token is no longer good.
        """
        async with self._means.database.session(page.region_id) as session:
            found = await of_network(session, page.region_id, page.network)
            zone = await identity.zone_of(session, page.region_id)
        known = self._opened(found)
        voice = self._voice(page, known)
        if voice is None:
            return None
        kinds = READS.get(page.network, frozenset())
        readers = (each for each in known if each.token.kind in kinds)
        reading = (each.token for each in readers if self._is_good(each))
        return self._access(page, (voice, *reading), zone)

    def _opened(self, found: Sequence[Credential]) -> list[_Kept]:
        vault = self._means.vault
        return (
            [] if vault is None else [_Kept(one, token_of(one, vault)) for one in found]
        )

    def _voice(self, page: Page, known: Sequence[_Kept]) -> Token | None:
        own = [each for each in known if is_own(page, each.credential, each.token)]
        good = next((each.token for each in own if self._is_good(each)), None)
        if own and good is None:
            raise PublishError(_told(page, own[0].credential), Failure.REAUTH)
        return good

    def _is_good(self, kept: _Kept) -> bool:
        is_over = has_ended(kept.credential, kept.token, self._means.clock())
        return kept.credential.state == "ok" and not is_over

    def _access(self, page: Page, tokens: tuple[Token, ...], zone: str) -> Access:
        means, keeping = self._means, self._keeping
        options: Mapping[str, Any] = means.settings.network_options.get(
            page.network, {}
        )
        return Access(
            http=means.http,
            budget=means.budget,
            clock=means.clock,
            tokens=tokens,
            base=means.settings.bases.get(page.network),
            options={**options, "zone": zone},
            keep=keeping.keeper(page.region_id) if keeping else None,
            alone=keeping.alone if keeping else None,
        )


def is_own(page: Page, credential: Credential, token: Token) -> bool:
    """Say whether a page speaks with a token, in this order.

    1. Its kind is what pages of the network speak with.
    2. A page that names a credential speaks with that one alone.
    3. Else the token says whose it is: the number of its community or group, or, of a
       bot, its own number, which the page is registered by.
    """
    if token.kind != SPEAKS.get(page.network):
        return False
    if page.credential is not None:
        return credential.label == page.credential
    number = page.native_id.removeprefix("-")
    if page.network == "telegram":
        return token.secrets["token"].partition(":")[0] == number
    return token.secrets.get("group") == number


def _told(page: Page, credential: Credential) -> str:
    code = f" ({credential.error_code})" if credential.error_code else ""
    state = "expired" if credential.state == "ok" else credential.state
    return (
        f"The token of the page {page.name} is {state}{code}: replace the "
        f"credential {credential.label}, then publish again."
    )
