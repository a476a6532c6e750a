"""MAX's stand in the ten minutes: the queues of two bots, and chats they read."""

from collections.abc import Sequence
from typing import Final

from infra.sandbox.networks import NetworkContext
from infra.sandbox.networks.max.shapes import chat_id
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place, Token
from services.ingest.sources.max import MaxConnector
from shared.networks.max.client import TOKEN_KIND
from tests.services.ingest.sources.limits import Stand, Watched

_BOTS: Final = ("max-sandbox-bot", "max-sandbox-bot-2")


def _watched(network: NetworkContext) -> Sequence[Watched]:
    network.tokens.issue(TOKEN_KIND, value=_BOTS[1])
    tokens = tuple(Token(value, TOKEN_KIND, {"token": value}) for value in _BOTS)
    # Three sources of each queue, as several regions may have one: all of them poll it.
    queues = [
        Watched(
            Place(Network.MAX, "bot", f"b{at}_bot", f"https://max.ru/b{at}"), (bot,)
        )
        for at, bot in enumerate((*tokens, *tokens, *tokens))
    ]
    chats = [
        Watched(
            Place(Network.MAX, "chat", number, f"https://max.ru/c/{number}"), tokens
        )
        for number in (str(chat_id(page)) for page in network.stage.pages)
    ]
    return [*queues, *chats]


STAND: Final = Stand(
    connector=MaxConnector,
    base="http://sandbox.invalid/max",
    watched=_watched,
    revoked=_BOTS[0],
    options={"wait_s": 0},
)
