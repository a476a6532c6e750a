"""Telegram's stand in the ten minutes: two bots, and previews of channels."""

from collections.abc import Sequence
from typing import Final

from infra.sandbox.networks import NetworkContext
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place, Token
from services.ingest.sources.telegram import TelegramConnector
from tests.services.ingest.sources.limits import Stand, Watched

_BOTS: Final = ("800:sandbox-bot", "801:sandbox-bot")


def _watched(network: NetworkContext) -> Sequence[Watched]:
    network.tokens.issue("bot", value=_BOTS[1])
    bots = [
        Watched(
            Place(Network.TELEGRAM, "bot", f"b{at}_bot", f"https://t.me/b{at}_bot"),
            (Token(f"bot-{at}", "bot", {"token": value}),),
        )
        for at, value in enumerate(_BOTS)
    ]
    previews = [
        Watched(
            Place(
                Network.TELEGRAM, "preview", page.screen_name, "https://t.me/s/preview"
            ),
            (),
        )
        for page in network.stage.pages
    ]
    return [*bots, *previews]


STAND: Final = Stand(
    connector=TelegramConnector,
    base="http://sandbox.invalid/telegram",
    watched=_watched,
    revoked=_BOTS[0],
    options={"wait_s": 0, "preview_base": "http://sandbox.invalid/tme"},
)
