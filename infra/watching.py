"""Sources and credentials from the command line, without the web."""

import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from infra import connect
from infra.administration import ADMINISTRATOR, region_named
from infra.demo_networks import environment_of
from infra.embedded.layout import State
from services.ingest.deps import check_address
from services.ingest.handlers import credentials, sources, watching
from services.ingest.handlers.budgets import standing_of, standings
from services.ingest.handlers.credentials import Given
from services.ingest.handlers.watching import Wish
from services.ingest.schemas.credentials import CredentialAnswer
from services.ingest.schemas.source_answers import SourceAnswer, TestAnswer
from services.ingest.settings import Settings
from services.ingest.sources.networks import Networks, open_networks
from services.ingest.store import sources as source_store
from shared.db import EVERY_REGION
from shared.errors import NotFound, invalid
from shared.identity import store as identity
from shared.identity.principal import Principal
from shared.models.identity import Region
from shared.networks.keeping import Keeping
from shared.networks.valkey_budget import open_budget
from shared.settings import comma_list
from shared.uow import Work
from shared.vault import Vault, vault_of


@dataclass(frozen=True)
class Desk:
    """What the commands about sources work with."""

    work: Work
    networks: Networks
    vault: Vault
    settings: Settings


@asynccontextmanager
async def open_desk() -> AsyncIterator[Desk]:
    state = connect.running()
    settings = _settings(state)
    vault = vault_of(SecretStr(connect.secret_key()))
    url = state.valkey_url or "unix:///nonexistent"
    async with (
        connect.work("ingest") as work,
        open_budget(url) as budget,
        open_networks(
            settings, budget, work.clock, Keeping(work.database, vault)
        ) as networks,
    ):
        yield Desk(work, networks, vault, settings)


def _settings(state: State) -> Settings:
    """Read the settings; a demonstration's networks are those of its sandbox."""
    if state.sandbox_url is None:
        return Settings()
    told = environment_of(state.sandbox_url, os.environ)
    return Settings(
        **{
            "feed_allow": told["OTKLIK_FEED_ALLOW"],
            "network_options": json.loads(told["OTKLIK_NETWORK_OPTIONS"]),
            **{
                name.removeprefix("OTKLIK_").lower(): value
                for name, value in told.items()
                if name.endswith("_BASE")
            },
        }
    )


async def region_of(code: str) -> Region:
    async with connect.owner() as database:
        return await region_named(database, code)


def as_administrator(region: Region) -> Principal:
    name, region_id = ADMINISTRATOR.name, region.id or 0
    return Principal(ADMINISTRATOR.kind, None, name, region_id, region.code)


async def add_source(region_code: str, wish: Wish) -> Mapping[str, Any]:
    """Watch what a link leads to; return the source as the API shows it."""
    region = await region_of(region_code)
    async with open_desk() as desk:
        allowed = comma_list(desk.settings.feed_allow)
        check = partial(check_address, allowed=allowed)
        by = as_administrator(region)
        async with desk.work.unit(by.region_id, by) as uow:
            source = await watching.watch(uow, desk.networks, wish, check)
            return SourceAnswer.of(source).model_dump(mode="json")


async def test_source(source_id: str) -> Mapping[str, Any]:
    """Ask the network about a source once; return what it told."""
    id_ = _uuid(source_id)
    async with open_desk() as desk:
        async with desk.work.unit(EVERY_REGION) as uow:
            found = await source_store.anywhere(uow.session, id_)
            if found is None:
                raise NotFound("source", source_id)
            regions = await identity.regions(uow.session)
        region = next(each for each in regions if each.id == found.region_id)
        tested = await watching.test_source(
            desk.work, desk.networks, desk.vault, as_administrator(region), id_
        )
        return TestAnswer.of(tested).model_dump(mode="json")


async def list_sources(region_code: str | None) -> list[Mapping[str, Any]]:
    """List the sources of a region, or of all, each with its region's code."""
    async with open_desk() as desk:
        async with desk.work.unit(EVERY_REGION) as uow:
            regions = await identity.regions(uow.session)
        if region_code is not None:
            regions = [await region_of(region_code)]
        listed: list[Mapping[str, Any]] = []
        for region in regions:
            listed += await _listed(desk, region)
        return listed


async def _listed(desk: Desk, region: Region) -> list[Mapping[str, Any]]:
    async with desk.work.unit(region.id or 0) as uow:
        known = await standings(uow, desk.networks)
        return [
            {
                "region": region.code,
                **SourceAnswer.of(each, standing_of(known, each)).model_dump(
                    mode="json"
                ),
            }
            for each in await sources.list_sources(uow)
        ]


async def add_credential(region_code: str, given: Given) -> Mapping[str, Any]:
    """Seal a credential of a network; return it without its secrets."""
    region = await region_of(region_code)
    async with open_desk() as desk:
        by = as_administrator(region)
        async with desk.work.unit(by.region_id, by) as uow:
            made = await credentials.add(uow, desk.networks, desk.vault, given)
            return CredentialAnswer.model_validate(made).model_dump(mode="json")


def secrets_from(text: str) -> dict[str, str]:
    """Read secrets as people pipe them in: `name=value` lines, or one bare token."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise invalid("secret", "nothing came on standard input")
    if len(lines) == 1 and "=" not in lines[0]:
        return {"token": lines[0]}
    pairs = [line.partition("=") for line in lines]
    if wrong := [name for name, sign, value in pairs if not sign or not value]:
        raise invalid("secret", f"{len(wrong)} lines are not of the form name=value")
    return {name.strip(): value.strip() for name, _, value in pairs}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("source", text) from None
