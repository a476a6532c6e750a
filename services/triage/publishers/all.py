"""Every publisher of the installation, in the order they are asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import httpx

from services.triage.publishers.base import Publishers
from services.triage.publishers.max import MaxPublisher
from services.triage.publishers.ok import OkPublisher
from services.triage.publishers.sandbox import SandboxPublisher
from services.triage.publishers.telegram import TelegramPublisher
from services.triage.publishers.vk import VkPublisher
from services.triage.publishers.voices import Means, Voices
from services.triage.settings import Settings
from shared.networks.telegram.history import OpenHistory
from shared.networks.telegram.telethon_history import open_telethon
from shared.networks.trust import trusted
from shared.networks.valkey_budget import open_budget
from shared.uow import Work
from shared.vault import vault_of

USER_AGENT: Final = "Otklik/1 (complaint desk of a regional government)"

_PATIENCE: Final = 10.0
# A call that waits for its turn until its time is up would count as lost.
_TURN: Final = timedelta(seconds=5)
_NO_VALKEY: Final = "unix:///valkey-is-not-set"


def publishers_of(
    means: Means, settings: Settings, opening: OpenHistory = open_telethon
) -> Publishers:
    """Make the publishers the settings allow; the caller owns the connections."""
    voices = Voices(means)
    return Publishers.of(
        (
            SandboxPublisher.from_settings(means.http, settings),
            VkPublisher(voices.access_of),
            OkPublisher(voices.access_of, answers=settings.ok_answers),
            TelegramPublisher(voices.access_of, opening),
            MaxPublisher(voices.access_of),
        )
    )


@asynccontextmanager
async def open_publishers(settings: Settings, work: Work) -> AsyncIterator[Publishers]:
    """Open what publishers call their networks with.

    Without a secret key or Valkey a process still starts: it knows who can answer
    what, and answers nothing.
    """
    url = settings.valkey_url
    key = settings.secret_key
    async with (
        httpx.AsyncClient(
            verify=trusted(settings.ca_file),
            headers={"User-Agent": USER_AGENT},
            timeout=_PATIENCE,
            trust_env=False,
        ) as http,
        open_budget(url.get_secret_value() if url else _NO_VALKEY, _TURN) as budget,
    ):
        vault = vault_of(key) if key else None
        means = Means(http, budget, work.clock, work.database, vault, settings)
        yield publishers_of(means, settings)
