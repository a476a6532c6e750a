"""`python -m infra.demo_watch`: the demonstration region watches the fake networks.

It does what an operator does: keeps the tokens, pastes links, gives the networks that
push the addresses of their hooks. It may be ended anywhere and run again.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx

from infra import connect, watching
from infra.demo_networks import (
    ANSWERING_BOT,
    BOTS,
    COMMUNITY,
    GROUP_ADMIN,
    OK_OWN,
    READER,
    SERVICE,
    VK_OWN,
    WATCHED,
    Watch,
    bot_token,
)
from infra.demo_subscriptions import Subscriptions
from infra.embedded.errors import CannotStart
from infra.sandbox.networks.ok.gate import APPLICATION_KEY, APPLICATION_SECRET
from infra.sandbox.world import load_region
from infra.watching import Desk
from services.ingest.deps import check_address
from services.ingest.handlers import credentials, hooks
from services.ingest.handlers.credentials import Given
from services.ingest.handlers.watching import Wish, watch
from services.ingest.store import credentials as credential_store
from services.ingest.store import sources as source_store
from shared import logs
from shared.errors import OtklikError
from shared.logs import log
from shared.models.ingest import Source
from shared.networks.credentials import secrets_of
from shared.settings import comma_list
from shared.uow import UnitOfWork

_TRIES: Final = 20
_PAUSE: Final = 1.0
_PATIENCE: Final = 10.0
_SECRET_LENGTH: Final = 48
"""VK takes no longer secret than fifty characters."""


class World:
    """The fake networks as `GET /control/world` tells of them."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._pages = {page["code"]: page for page in told["pages"]}
        self._tokens = {each["network"]: each["tokens"] for each in told["networks"]}
        self.pages = {page.code: page for page in load_region().pages}

    def number(self, code: str) -> int:
        """Give a page's number in its network."""
        return int(self._pages[code]["number"])

    def token(self, network: str, kind: str, owner: str | None = None) -> str:
        """Give the token of a kind, an application's or that of a page's owner."""
        wanted = (kind, owner)
        tokens = self._tokens[network]
        found = (one for one in tokens if (one["kind"], one["owner"]) == wanted)
        return str(next(found)["token"])

    def link(self, wish: Watch) -> str:
        """Give the link an operator would paste."""
        name = self._pages[wish.page]["screen_name"]
        return wish.link.format(name=name, number=self.number(wish.page))


async def set_up(sandbox: httpx.AsyncClient, address: str, secret: str) -> None:
    """Give the region its tokens and sources, and the networks that push its hooks.

    Tokens and sources come in one transaction; what is there stays as it is.
    """
    networks = Subscriptions(sandbox)
    for page in BOTS:
        await networks.make_bot(page, bot_token(page))
    told = (await sandbox.get("/control/world")).raise_for_status()
    world = World(told.json())
    community, group = world.token("vk", "group", VK_OWN), world.number(VK_OWN)
    code = await networks.confirmation_code(community, group)
    async with watching.open_desk() as desk:
        region = await watching.region_of(load_region().code)
        by = watching.as_administrator(region)
        async with desk.work.unit(by.region_id, by) as uow:
            for given in keys(world, secret, code):
                await _keep(uow, desk, given)
            await uow.session.flush()
            made = {wish.page: await _watch(uow, desk, world, wish) for wish in WATCHED}
        hooked = {
            wish.page: f"{address}{_path(desk, made[wish.page])}"
            for wish in WATCHED
            if wish.hooked
        }
    await networks.call_back(community, group, hooked.pop(VK_OWN), secret)
    for page, url in hooked.items():
        await networks.set_webhook(bot_token(page), url, secret)


def keys(world: World, secret: str, confirmation: str) -> tuple[Given, ...]:
    """Name the credentials: for reading, of our own pages, of the bots."""
    application = {
        "application_key": APPLICATION_KEY,
        "application_secret_key": APPLICATION_SECRET,
    }
    community = {
        "token": world.token("vk", "group", VK_OWN),
        "group": str(world.number(VK_OWN)),
        "secret": secret,
        "confirmation": confirmation,
    }
    admin = world.token("ok", "admin", OK_OWN)
    reading = {**application, "access_token": world.token("ok", "reader")}
    own = {"access_token": admin, "group": admin.rpartition("-")[2]}
    service = {"token": world.token("vk", "service")}
    speaker = {"token": world.token("telegram", "bot")}
    return (
        Given("vk", "service", SERVICE, service),
        Given("vk", "community", COMMUNITY, community),
        Given("ok", "user", READER, reading),
        Given("ok", "user", GROUP_ADMIN, {**application, **own}),
        Given("telegram", "bot", ANSWERING_BOT, speaker),
        *(
            Given("telegram", "bot", name, {"token": bot_token(page), "secret": secret})
            for page, name in BOTS.items()
        ),
    )


async def _keep(uow: UnitOfWork, desk: Desk, given: Given) -> None:
    """Seal a credential, or put what the network says now in its place."""
    place = (given.network, given.label)
    found = await credential_store.labelled(uow.session, uow.region_id, *place)
    if found is None:
        await credentials.add(uow, desk.networks, desk.vault, given)
    elif secrets_of(found, desk.vault) != given.secrets:
        await credentials.replace(uow, desk.vault, found.id, given.secrets, None)


async def _watch(uow: UnitOfWork, desk: Desk, world: World, wish: Watch) -> Source:
    """Watch what a link leads to, unless it is watched."""
    page = world.pages[wish.page]
    name = wish.name or page.name
    # Not by its place: that may be known by its number by now.
    known = await source_store.named(uow.session, uow.region_id, [(page.network, name)])
    for source in known.values():
        if source.kind == "page":
            return source
        await _make_room(uow, source)
    chosen = wish.key and await credential_store.labelled(
        uow.session, uow.region_id, page.network, wish.key
    )
    allowed = comma_list(desk.settings.feed_allow)
    asked = Wish(
        world.link(wish),
        name=name,
        municipality=page.municipality,
        intake=wish.intake,
        poll_every_s=wish.every,
        credential_id=chosen.id if chosen else None,
        options={"push": "webhook"} if wish.is_bot_with_webhook else {},
    )
    check = partial(check_address, allowed=allowed)
    return await watch(uow, desk.networks, asked, check)


async def _make_room(uow: UnitOfWork, old: Source) -> None:
    """Retire the push source that an older demonstration had for this page."""
    old.name, old.state = f"{old.name} (прежний способ)", "disabled"
    told = {"name": old.name, "state": old.state}
    uow.audit("source.changed", "source", old.id, fields=sorted(told), **told)
    await uow.session.flush()


def _path(desk: Desk, source: Source) -> str:
    slug, key = hooks.slug_of(source), hooks.key_for(desk.vault, source)
    return f"/api/v1/ingest/hooks/{slug}/{key}"


async def run(sandbox_url: str, token: str, address: str) -> None:
    """Set everything up as soon as the networks answer."""
    secret = connect.layout().secret("demo_hook_secret")[:_SECRET_LENGTH]
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(
        base_url=sandbox_url, headers=headers, timeout=_PATIENCE, trust_env=False
    ) as sandbox:
        await keep_trying(sandbox, address, secret)


async def keep_trying(
    sandbox: httpx.AsyncClient, address: str, secret: str, *, pause: float = _PAUSE
) -> None:
    """Set up again after a failure; raises CannotStart when nothing helps."""
    for _ in range(_TRIES):
        try:
            await set_up(sandbox, address, secret)
        except (httpx.HTTPError, OtklikError) as error:
            log.info("demo_watch.again", error=str(error)[:300])
            await asyncio.sleep(pause)
        else:
            return
    raise CannotStart("The demonstration's networks do not answer.")


def main() -> int:
    """Set up, then leave the mark that says for which addresses it was done."""
    logs.configure("info", process="demo-watch")
    mark, text = Path(sys.argv[1]), sys.argv[2]
    sandbox_url = os.environ["OTKLIK_SANDBOX_URL"]
    token = os.environ["OTKLIK_SANDBOX_TOKEN"]
    asyncio.run(run(sandbox_url, token, connect.running().address))
    mark.write_text(text)
    log.info("demo_watch.done")
    return 0


if __name__ == "__main__":
    sys.exit(main())
