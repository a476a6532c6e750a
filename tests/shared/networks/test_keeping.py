"""Tokens that several processes use: exchanged once, accounts used in one place."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.audit import log as audit_log
from shared.db import EVERY_REGION, Database
from shared.models.networks import Credential
from shared.networks.access import Token
from shared.networks.credentials import one, put_secrets, token_of
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.keeping import Keeping
from shared.vault import Vault
from tests.factories import NOW

VAULT = Vault(b"0123456789abcdef0123456789abcdef")
REGION = 7
SOON = timedelta(milliseconds=50)
PATIENCE = 60


@pytest.fixture
async def databases(database_url: str) -> AsyncIterator[list[Database]]:
    """Pools of two processes: one watches, one answers."""
    async with AsyncExitStack() as stack:
        made = []
        for role in ("otklik_ingest", "otklik_triage"):
            made.append(Database(database_url, role=role))
            stack.push_async_callback(made[-1].close)
        yield made


@pytest.fixture
async def token(databases: list[Database]) -> Token:
    """A user token that is about to run out."""
    row = Credential(
        region_id=REGION,
        network="vk",
        kind="user",
        label="Статистика",
        sealed=b"",
        created_at=NOW,
        changed_at=NOW,
    )
    put_secrets(row, VAULT, {"token": "u-1", "refresh": "r-1"})
    async with databases[0].session(REGION) as session:
        session.add(row)
    return token_of(row, VAULT)


async def stored(database: Database, token: Token, region: int = REGION) -> Credential:
    """Read the credential of a token."""
    async with database.session(region) as session:
        found = await session.execute(text("SELECT id FROM ingest.credential"))
        row = await one(session, region, found.scalar_one())
    assert row is not None
    return row


class VkId:
    """Gives each refresh token out once."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, token: Token) -> Token:
        refresh = token.secrets["refresh"]
        assert refresh not in self.asked, "a refresh token was used twice"
        self.asked.append(refresh)
        await asyncio.sleep(0.05)
        number = len(self.asked) + 1
        return replace(
            token, secrets={"token": f"u-{number}", "refresh": f"r-{number}"}
        )


async def test_of_processes_at_once_one_exchanges_and_all_have_the_fresh_token(
    databases: list[Database], token: Token
) -> None:
    vk_id = VkId()
    processes = [Keeping(each, VAULT) for each in databases]
    keepers = [each.keeper(REGION) for each in processes for _ in range(3)]

    got = await asyncio.gather(*(keep(token, vk_id) for keep in keepers))

    fresh = Token(token.id, "user", {"token": "u-2", "refresh": "r-2"})
    row = await stored(databases[0], token)
    assert vk_id.asked == ["r-1"]
    assert got == [fresh] * 6
    assert token_of(row, VAULT) == fresh
    assert b"u-2" not in row.sealed
    async with databases[0].session(REGION) as session:
        (logged,) = await audit_log.rows(session, REGION)
    written = json.loads(logged.body)
    assert (written["action"], written["actor"], written["detail"]) == (
        "credential.exchanged",
        "otklik",
        {"network": "vk", "label": "Статистика"},
    )
    assert not [each for each in ("u-1", "r-1", "u-2", "r-2") if each in logged.body]


async def test_an_exchange_that_has_begun_ends_though_nobody_waits_for_it(
    databases: list[Database], token: Token
) -> None:
    fresh = replace(token, secrets={"token": "u-2", "refresh": "r-2"})
    is_asked, may_answer = asyncio.Event(), asyncio.Event()

    async def slow(_: Token) -> Token:
        is_asked.set()
        await may_answer.wait()
        return fresh

    async def refused(_: Token) -> Token:
        is_asked.set()
        await asyncio.sleep(0.01)
        raise NetworkError("no")

    keep = Keeping(databases[0], VAULT).keeper(REGION)
    asked = asyncio.ensure_future(keep(token, slow))
    await is_asked.wait()
    for _ in range(3):
        asked.cancel()
        await asyncio.sleep(0)
    may_answer.set()
    with pytest.raises(asyncio.CancelledError):
        await asked
    is_asked.clear()
    in_vain = asyncio.ensure_future(keep(fresh, refused))
    await is_asked.wait()
    in_vain.cancel()
    with pytest.raises(asyncio.CancelledError):
        await in_vain

    assert token_of(await stored(databases[0], token), VAULT) == fresh


async def test_what_was_given_is_stored_though_the_connection_was_lost(
    databases: list[Database], token: Token, database_url: str
) -> None:
    vk_id, owner = VkId(), Database(database_url)
    end = text("""
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'idle in transaction'
    """)

    async def cut_off(stored: Token) -> Token:
        fresh = await vk_id(stored)
        async with owner.session(EVERY_REGION) as session:
            await session.execute(end)
        return fresh

    got = await Keeping(databases[0], VAULT, SOON).keeper(REGION)(token, cut_off)

    await owner.close()
    assert (got.secrets["token"], vk_id.asked) == ("u-2", ["r-1"])
    assert token_of(await stored(databases[0], token), VAULT) == got


async def test_what_was_not_given_is_not_kept(
    databases: list[Database], token: Token
) -> None:
    async def refuse(token: Token) -> Token:
        raise NetworkError("no", ErrorKind.REAUTH, token=token.id)

    with pytest.raises(NetworkError):
        await Keeping(databases[1], VAULT).keeper(REGION)(token, refuse)

    assert token_of(await stored(databases[0], token), VAULT) == token


@pytest.mark.parametrize("region", [REGION, REGION + 1], ids=["replaced", "foreign"])
async def test_a_token_that_is_not_there_any_more_is_not_exchanged(
    databases: list[Database], token: Token, region: int
) -> None:
    vk_id = VkId()
    older = replace(token, id=f"{token.id}0") if region == REGION else token

    with pytest.raises(NetworkError) as caught:
        await Keeping(databases[0], VAULT).keeper(region)(older, vk_id)

    assert (caught.value.kind, vk_id.asked) == (ErrorKind.RETRY, [])


async def test_answering_changes_nothing_of_a_credential_but_its_secrets(
    databases: list[Database], token: Token
) -> None:
    with pytest.raises(DBAPIError, match="permission denied"):
        async with databases[1].session(REGION) as session:
            await session.execute(text("UPDATE ingest.credential SET state = 'ok'"))


async def test_a_session_is_used_in_one_place(databases: list[Database]) -> None:
    one, other = (Keeping(each, VAULT, SOON) for each in databases)

    async with one.alone("a session"), one.alone("another"):
        with pytest.raises(NetworkError) as caught:
            async with other.alone("a session"):
                pytest.fail("two processes used one session")
        with pytest.raises(NetworkError, match="another process"):
            async with one.alone("a session"):
                pytest.fail("two tasks used one session")
    async with other.alone("a session"):
        pass

    assert (caught.value.kind, caught.value.retry_after) == (ErrorKind.WAIT, SOON)


async def test_tasks_of_a_process_take_turns(databases: list[Database]) -> None:
    keeping = Keeping(databases[0], VAULT)
    turns: list[str] = []

    async def use(name: str) -> None:
        async with keeping.alone("a session"):
            turns.append(f"{name} begins")
            await asyncio.sleep(0)
            turns.append(f"{name} ends")

    await asyncio.gather(use("one"), use("two"))

    assert turns == ["one begins", "one ends", "two begins", "two ends"]


async def test_an_error_of_the_work_itself_is_not_taken_for_a_lock(
    databases: list[Database],
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with Keeping(databases[0], VAULT).alone("a session"):
            raise ZeroDivisionError
    async with databases[0].session(EVERY_REGION) as session:
        held = await session.scalar(
            text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        )
    assert held == 0


async def test_a_session_is_let_go_of_when_its_lock_is_lost(
    databases: list[Database], database_url: str
) -> None:
    one, other = (Keeping(each, VAULT) for each in databases)
    end = text("""
        SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
    """)
    owner = Database(database_url)

    with pytest.raises(NetworkError, match="was lost"):
        async with one.alone("a session"):
            async with owner.session(EVERY_REGION) as session:
                await session.execute(end)
            await asyncio.Event().wait()

    async with other.alone("a session"):
        await owner.close()


@pytest.mark.crash
async def test_a_session_is_free_again_when_its_process_is_killed(
    databases: list[Database], database_url: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.shared.networks.holder",
        database_url,
        "a session",
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    said = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
    with pytest.raises(NetworkError):
        async with Keeping(databases[1], VAULT, SOON).alone("a session"):
            pytest.fail("two processes used one session")

    process.kill()
    await asyncio.wait_for(process.wait(), PATIENCE)

    async with Keeping(databases[1], VAULT).alone("a session"):
        assert said == b"held\n"
