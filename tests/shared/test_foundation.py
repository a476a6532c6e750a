"""Units of work, the mailbox, roles, row-level security and sign-in on real servers."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from shared import dead_letters, mailbox
from shared.audit import chain
from shared.audit import log as audit_log
from shared.contracts import PostsLabelled
from shared.db import EVERY_REGION, Database
from shared.dead_letters import Waiting
from shared.errors import Forbidden, TooManyRequests, Unauthenticated
from shared.identity import access
from shared.identity.principal import Kind, Role, Scope
from shared.ids import new_id
from shared.queue import ArqQueue
from shared.uow import Work
from tests.factories import NOW, PASSWORD, make_key, make_region, make_user
from tests.fakes import FakeQueue


@pytest.fixture
async def owner(database_url: str) -> AsyncIterator[Database]:
    """The database as its owner sees it."""
    database = Database(database_url)
    yield database
    await database.close()


@pytest.fixture
async def triage(database_url: str, queue: FakeQueue) -> AsyncIterator[Work]:
    """Work as the triage service does it."""
    database = Database(database_url, role="otklik_triage")
    yield Work(database, "triage", queue, clock=lambda: NOW)
    await database.close()


async def test_a_message_is_rung_only_after_its_transaction(
    triage: Work, queue: FakeQueue
) -> None:
    async with triage.unit(1) as uow:
        uow.send(PostsLabelled(region_id=1, labels=()))
        before = list(queue.rings)

    ((packed,),) = queue.take("ingest", "deliver")
    assert before == []
    assert mailbox.Message.unpacked(packed).contract == PostsLabelled(
        region_id=1, labels=()
    )


async def test_a_failed_transaction_sends_and_audits_nothing(
    triage: Work, queue: FakeQueue
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with triage.unit(1) as uow:
            uow.send(PostsLabelled(region_id=1, labels=()))
            uow.audit("post.labelled", "post", 1)
            raise ZeroDivisionError

    async with triage.unit(EVERY_REGION) as uow:
        counts = await dead_letters.waiting(uow.session, "triage", 1)
        head = await audit_log.head(uow.session, 1)
    assert queue.rings == []
    assert counts == Waiting(outbox=0, dead_letters=0)
    assert head == (0, chain.GENESIS)


async def test_a_message_is_rung_again_until_it_is_acknowledged(triage: Work) -> None:
    later = NOW + timedelta(seconds=30)
    async with triage.unit(1) as uow:
        uow.send(PostsLabelled(region_id=1, labels=()))

    async with triage.unit(EVERY_REGION) as uow:
        first = await mailbox.unanswered(
            uow.session, "triage", before=later, now=later, limit=10
        )
        at_once = await mailbox.unanswered(
            uow.session, "triage", before=later, now=later, limit=10
        )
        await mailbox.acknowledge(uow.session, "triage", [m.id for m in first])
        counts = await dead_letters.waiting(uow.session, "triage", 1)

    assert [message.contract.kind for message in first] == ["posts_labelled"]
    assert at_once == []
    assert counts == Waiting(outbox=0, dead_letters=0)


async def test_a_message_is_accepted_once(triage: Work) -> None:
    message = mailbox.Message(
        new_id(),
        "ingest",
        PostsLabelled(region_id=1, labels=()),
    )
    async with triage.unit(1) as uow:
        first = await mailbox.accept(uow.session, "triage", message, now=NOW)
    async with triage.unit(1) as uow:
        second = await mailbox.accept(uow.session, "triage", message, now=NOW)

    assert (first, second) == (True, False)


async def test_a_message_nobody_takes_is_buried_with_its_body(triage: Work) -> None:
    async with triage.unit(1) as uow:
        uow.send(PostsLabelled(region_id=1, labels=()))
    for ring in range(1, mailbox.MAX_RINGS + 1):
        at = NOW + timedelta(minutes=ring)
        async with triage.unit(EVERY_REGION) as uow:
            await mailbox.unanswered(uow.session, "triage", before=at, now=at, limit=10)

    async with triage.unit(EVERY_REGION) as uow:
        buried = await mailbox.bury_unanswered(uow.session, "triage", now=NOW)
        counts = await dead_letters.waiting(uow.session, "triage", 1)

    assert buried == 1
    assert counts == Waiting(outbox=0, dead_letters=1)


async def test_a_service_cannot_read_anothers_tables(triage: Work) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with triage.unit(EVERY_REGION) as uow:
            await uow.session.execute(text("SELECT * FROM ingest.outbox"))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM identity.credential",
        "UPDATE audit.event SET body = 'x'",
        "DELETE FROM audit.event",
        "INSERT INTO audit.event VALUES (1, 1, 'x', 'y')",
        "UPDATE identity.api_key SET scopes = '{admin}'",
        "RESET ROLE; SELECT * FROM identity.credential",
    ],
)
async def test_a_service_cannot_touch_passwords_keys_or_the_log(
    triage: Work, statement: str
) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|cannot insert"):
        async with triage.unit(EVERY_REGION) as uow:
            await uow.session.execute(text(statement))


async def test_even_the_owner_cannot_change_the_audit_log(
    owner: Database, triage: Work
) -> None:
    async with triage.unit(1) as uow:
        uow.audit("thing.done", "thing", 1)

    with pytest.raises(Exception, match="append-only"):
        async with owner.session(EVERY_REGION) as session:
            await session.execute(text("DELETE FROM audit.event"))


async def test_the_stored_chain_is_what_an_outside_verifier_computes(
    triage: Work,
) -> None:
    for number in range(3):
        async with triage.unit(1) as uow:
            uow.audit("thing.done", "thing", number, note="ёлка")
            uow.audit("thing.seen", "thing", number)

    async with triage.unit(1) as uow:
        rows = await audit_log.rows(uow.session, 1)
        head = await audit_log.head(uow.session, 1)
    assert len(rows) == 6
    assert chain.verify(rows, head=head) is None
    assert chain.verify(rows[:-1], head=head) == 6


async def test_a_region_sees_only_its_own_audit_log(triage: Work) -> None:
    async with triage.unit(1) as uow:
        uow.audit("thing.done", "thing", 1)

    async with triage.unit(2) as uow:
        rows = await audit_log.rows(uow.session, 1)

    assert rows == []


async def test_a_person_signs_in_and_is_recognised_by_the_token(
    owner: Database,
) -> None:
    region = await make_region(owner)
    await make_user(owner, region, Role.EXECUTOR, authority="water")

    async with owner.session(EVERY_REGION) as session:
        token, _, _ = await access.sign_in(session, "anna", PASSWORD, now=NOW)
    async with owner.session(EVERY_REGION) as session:
        principal = await access.principal_of(session, token, region_code=None, now=NOW)

    assert (principal.kind, principal.roles) == (Kind.PERSON, {Role.EXECUTOR})
    assert (principal.region_id, principal.authority) == (region.id, "water")
    assert principal.named_person
    assert Scope.INGEST_WRITE not in principal.scopes


async def test_an_idle_session_has_ended(owner: Database) -> None:
    region = await make_region(owner)
    await make_user(owner, region, Role.MODERATOR)
    async with owner.session(EVERY_REGION) as session:
        token, _, _ = await access.sign_in(session, "anna", PASSWORD, now=NOW)

    with pytest.raises(Unauthenticated):
        async with owner.session(EVERY_REGION) as session:
            await access.principal_of(
                session,
                token,
                region_code=None,
                now=NOW + access.SESSION_IDLE + timedelta(seconds=1),
            )


@pytest.mark.parametrize(("login", "password"), [("anna", "x"), ("nobody", PASSWORD)])
async def test_wrong_login_and_wrong_password_sound_alike(
    owner: Database, login: str, password: str
) -> None:
    region = await make_region(owner)
    await make_user(owner, region, Role.MODERATOR)

    with pytest.raises(Unauthenticated, match="Login or password is wrong"):
        async with owner.session(EVERY_REGION) as session:
            await access.sign_in(session, login, password, now=NOW)


async def test_guessing_a_password_is_slowed_down(owner: Database) -> None:
    region = await make_region(owner)
    await make_user(owner, region, Role.MODERATOR)
    async with owner.session(EVERY_REGION) as session:
        for _ in range(access.ATTEMPTS):
            await access.record_failure(session, "anna", now=NOW)

    with pytest.raises(TooManyRequests):
        async with owner.session(EVERY_REGION) as session:
            await access.sign_in(session, "anna", PASSWORD, now=NOW)


async def test_a_key_of_two_regions_must_say_which(owner: Database) -> None:
    north, south = await make_region(owner, "north"), await make_region(owner, "south")
    await make_region(owner, "east")
    key = await make_key(owner, north, south)

    async with owner.session(EVERY_REGION) as session:
        principal = await access.principal_of(
            session, key, region_code="south", now=NOW
        )
        for other in (None, "east"):
            with pytest.raises(Forbidden):
                await access.principal_of(session, key, region_code=other, now=NOW)

    assert (principal.kind, principal.region_id) == (Kind.CLIENT, south.id)
    assert not principal.named_person


async def test_an_expired_key_is_refused(owner: Database) -> None:
    key = await make_key(owner, await make_region(owner))

    with pytest.raises(Unauthenticated):
        async with owner.session(EVERY_REGION) as session:
            await access.principal_of(
                session, key, region_code=None, now=NOW + access.KEY_LIFE
            )


@pytest.mark.parametrize("kind", ["fake", "arq"])
async def test_a_named_ring_does_not_pile_up(
    kind: str, queue: FakeQueue, valkey_url: str
) -> None:
    bell = queue if kind == "fake" else ArqQueue(valkey_url)
    service = f"contract-{kind}"

    await bell.ring(service, "sweep", {"day": "вторник"}, once="sweep-1")
    await bell.ring(service, "sweep", {"day": "вторник"}, once="sweep-1")
    await bell.ring(service, "sweep", {"day": "среда"})

    assert await bell.waiting(service) == 2
    await bell.close()


@pytest.mark.parametrize("kind", ["fake", "arq"])
async def test_gathered_rings_for_the_same_are_one(
    kind: str, queue: FakeQueue, valkey_url: str
) -> None:
    bell = queue if kind == "fake" else ArqQueue(valkey_url)
    service = f"contract-{kind}"

    for region in (1, 2, 1, 1):
        await bell.ring(service, "match", region, gather=0.1)
    await bell.ring(service, "index", 1, gather=0.1)

    assert await bell.waiting(service) == 3
    await bell.close()


async def test_a_dead_queue_loses_no_request() -> None:
    bell = ArqQueue("unix:///nonexistent/valkey.sock")

    await bell.ring("triage", "deliver", {})

    with pytest.raises((OSError, RedisError)):
        await bell.ping()
