"""Instagram's stand in the ten minutes: accounts, and more hashtags than a week has.

Graph's allowance of an account is by the day, and far; Facebook's stand, which makes
the same calls, looks at it.
"""

from collections.abc import Sequence
from typing import Final

from infra.sandbox.networks import NetworkContext
from infra.sandbox.networks.instagram.ids import account_id
from services.ingest.domain.posts import Network
from services.ingest.sources.connector import Place, Token
from services.ingest.sources.instagram import InstagramConnector
from services.ingest.sources.instagram.budget import MOST
from shared.networks.meta.client import PAGE_TOKEN
from tests.services.ingest.sources.limits import Stand, Watched


def _watched(network: NetworkContext) -> Sequence[Watched]:
    numbers = [account_id(page) for page in network.stage.pages]
    tokens = {number: _token(number) for number in numbers}
    accounts = [
        Watched(
            Place(Network.INSTAGRAM, "account", number, "https://www.instagram.com/"),
            (tokens[number],),
        )
        for number in numbers
    ]
    tags = [
        Watched(_tag(f"яма{number}"), (tokens[numbers[-1]],))
        for number in range(MOST + 3)
    ]
    return [*accounts, *accounts, *accounts, *tags]


def _token(number: str) -> Token:
    value = f"ig-page-{number}"
    return Token(value, PAGE_TOKEN, {"token": value, "account": number})


def _tag(name: str) -> Place:
    link = f"https://www.instagram.com/explore/tags/{name}/"
    return Place(Network.INSTAGRAM, "tag", name, link)


STAND: Final = Stand(
    connector=InstagramConnector,
    base="http://sandbox.invalid/instagram",
    watched=_watched,
    revoked="ig-page-17841400000000001",
)
