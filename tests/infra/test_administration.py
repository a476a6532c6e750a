"""What the command line does on the database: regions, people, keys, the chain."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from infra import administration, anchors
from infra.cli import app
from infra.embedded.errors import CannotStart
from infra.embedded.layout import Layout, State
from shared.clock import utc_now
from shared.db import EVERY_REGION, Database
from shared.errors import Conflict, Invalid, NotFound
from shared.identity import access
from shared.identity.principal import Role, Scope


@pytest.fixture
def here(
    database_url: str, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Layout]:
    """An installation's data folder whose supervisor has written its state."""
    layout = Layout(tmp_path / "data")
    layout.prepare()
    State("http://127.0.0.1:1", database_url, valkey_url).write(layout.state)
    monkeypatch.setenv("OTKLIK_DATA", str(layout.root))
    return layout


async def test_a_region_starts_with_topics_authorities_and_rules(
    here: Layout, owner: Database
) -> None:
    await administration.create_region("north", "Северный край", zone="Asia/Omsk")

    async with owner.session(EVERY_REGION) as session:
        counts = [
            await session.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 -- literals below
            for table in ("triage.topic", "triage.authority", "ingest.rule")
        ]
    assert all(count and count > 5 for count in counts)


async def test_a_taken_region_code_is_refused(here: Layout) -> None:
    await administration.create_region("north", "Северный край", zone="Europe/Moscow")

    with pytest.raises(Conflict, match="'north' already"):
        await administration.create_region("north", "Другой", zone="Europe/Moscow")


async def test_a_region_needs_a_time_zone_that_exists(here: Layout) -> None:
    with pytest.raises(Invalid, match="zone"):
        await administration.create_region("north", "Северный", zone="Луна/Море")


async def test_a_setting_of_a_region_is_changed_and_audited(
    here: Layout, owner: Database
) -> None:
    await administration.create_region("north", "Северный край", zone="Europe/Moscow")

    await administration.set_region("north", "rule_rejected_limit", 0.4)

    async with owner.session(EVERY_REGION) as session:
        settings = await session.scalar(text("SELECT settings FROM identity.region"))
        bodies = (
            await session.scalars(text("SELECT body FROM audit.event ORDER BY seq"))
        ).all()
    assert settings["rule_rejected_limit"] == 0.4
    assert "region.changed" in bodies[-1]


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [("colour", 0.5, "must be one of"), ("rule_rejected_limit", 3.0, "between")],
)
async def test_a_setting_that_does_not_exist_or_fit_is_refused(
    here: Layout, name: str, value: float, problem: str
) -> None:
    await administration.create_region("north", "Северный край", zone="Europe/Moscow")

    with pytest.raises(Invalid, match=problem):
        await administration.set_region("north", name, value)


async def test_an_executor_needs_an_authority(here: Layout) -> None:
    await administration.create_region("north", "Северный край", zone="Europe/Moscow")

    with pytest.raises(Invalid, match="authority"):
        await administration.create_user(
            "petr", "north", ["executor"], name="П", authority=None, password=None
        )


@pytest.mark.parametrize(
    ("roles", "password", "problem"),
    [(["king"], None, "is none of"), (["admin"], "short", "at least 12")],
)
async def test_a_wrong_role_or_a_short_password_is_refused(
    here: Layout, roles: list[str], password: str | None, problem: str
) -> None:
    await administration.create_region("north", "Северный край", zone="Europe/Moscow")

    with pytest.raises(Invalid, match=problem):
        await administration.create_user(
            "anna", "north", roles, name="Анна", authority=None, password=password
        )


async def test_a_key_may_be_bound_to_a_person(here: Layout, owner: Database) -> None:
    await administration.create_region("north", "Северный край", zone="Europe/Moscow")
    await administration.create_user(
        "anna", "north", ["approver"], name="Анна", authority=None, password=None
    )

    key = await administration.create_key(
        ["north"], ["triage"], name="bot", days=1, login="anna"
    )

    async with owner.session(EVERY_REGION) as session:
        principal = await access.principal_of(
            session, key, region_code=None, now=utc_now()
        )
    assert principal.named_person
    assert principal.roles == {Role.APPROVER}
    assert principal.scopes == {Scope.TRIAGE_READ, Scope.TRIAGE_WRITE}


async def test_a_key_for_nobody_or_nowhere_is_refused(here: Layout) -> None:
    await administration.create_region("north", "Северный край", zone="Europe/Moscow")

    with pytest.raises(NotFound, match="user ghost"):
        await administration.create_key(
            ["north"], ["triage"], name="bot", days=1, login="ghost"
        )
    with pytest.raises(NotFound, match="region south"):
        await administration.create_key(["south"], ["triage"], name="bot", days=1)
    with pytest.raises(ValueError, match="unknown scope 'moon'"):
        await administration.create_key(["north"], ["moon"], name="bot", days=1)


async def test_an_intact_chain_is_confirmed(here: Layout) -> None:
    await administration.create_region("north", "Северный край", zone="Europe/Moscow")
    await administration.create_key(["north"], ["triage"], name="bot", days=1)

    chains = await administration.verify_chains()

    assert [(one["region"], one["entries"], one["intact"]) for one in chains] == [
        ("installation", 0, True),
        ("north", 2, True),
    ]


async def tamper(owner: Database, *statements: str) -> None:
    """Change the log as somebody with all rights on the database could."""
    async with owner.session(EVERY_REGION) as session:
        await session.execute(
            text("ALTER TABLE audit.event DISABLE TRIGGER append_only")
        )
        for statement in statements:
            await session.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "first_broken"),
    [
        ("UPDATE audit.event SET body = replace(body, 'bot', 'cat') WHERE seq = 2", 2),
        ("DELETE FROM audit.event WHERE seq = 2", 2),
        ("DELETE FROM audit.event WHERE seq = 3", 3),
        ("UPDATE audit.event SET seq = seq + 10 WHERE seq = 3", 3),
    ],
)
async def test_a_changed_chain_is_noticed(
    here: Layout, owner: Database, statement: str, first_broken: int
) -> None:
    await administration.create_region("north", "Северный край", zone="Europe/Moscow")
    for name in ("bot", "dog"):
        await administration.create_key(["north"], ["triage"], name=name, days=1)

    await tamper(owner, statement)
    chains = await administration.verify_chains()

    assert (chains[1]["intact"], chains[1]["first_broken"]) == (False, first_broken)


async def test_a_wholly_rewritten_chain_contradicts_its_anchor(
    here: Layout, owner: Database
) -> None:
    await administration.create_region("north", "Северный край", zone="Europe/Moscow")
    await anchors.drop(owner, here.anchors, now=utc_now())

    await tamper(
        owner,
        "DELETE FROM audit.event",
        "DELETE FROM audit.head",
        'SELECT audit.append(1, ARRAY[\'{"action":"nothing happened"}\'])',
    )
    chains = await administration.verify_chains()

    assert (chains[1]["intact"], chains[1]["first_broken"]) == (False, 1)


async def test_anchors_are_dropped_only_when_a_head_moved(
    here: Layout, owner: Database
) -> None:
    await administration.create_region("north", "Северный край", zone="Europe/Moscow")

    first = await anchors.drop(owner, here.anchors, now=utc_now())
    again = await anchors.drop(owner, here.anchors, now=utc_now())
    with here.anchors.open("a") as file:
        file.write('{"at": "torn')

    assert (first, again) == (1, 0)
    assert [anchor.seq for anchor in anchors.read(here.anchors)] == [1]


def test_a_command_without_an_installation_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTKLIK_DATA", str(tmp_path))
    monkeypatch.delenv("OTKLIK_DATABASE_URL", raising=False)

    result = CliRunner().invoke(app, ["verify-audit"])

    assert result.exit_code == 1
    assert "Start it with `make up`" in result.stderr


def test_status_of_nothing_is_json_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTKLIK_DATA", str(tmp_path))
    monkeypatch.delenv("OTKLIK_DATABASE_URL", raising=False)

    result = CliRunner().invoke(app, ["status"])

    assert result.exit_code == 1
    assert json.loads(result.stdout)["ready"] is False


def test_the_command_line_prints_the_key_alone(here: Layout) -> None:
    runner = CliRunner()
    runner.invoke(app, ["region", "create", "north", "Северный край"])

    result = runner.invoke(
        app, ["apikey", "create", "--region", "north", "--scope", "ingest"]
    )

    assert result.exit_code == 0
    assert result.stdout.startswith("otk_")
    assert len(result.stdout.split()) == 1


def test_a_password_can_come_from_stdin(here: Layout) -> None:
    runner = CliRunner()
    runner.invoke(app, ["region", "create", "north", "Северный край"])

    result = runner.invoke(
        app,
        [
            "user",
            "create",
            "anna",
            "--region",
            "north",
            "--role",
            "admin",
            "--password-stdin",
        ],
        input="Вишня-и-Клён-7\n",
    )

    assert (result.exit_code, result.stdout) == (0, "created\n")


def test_a_data_folder_nobody_can_write_is_a_message(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")

    with pytest.raises(CannotStart, match="OTKLIK_DATA"):
        Layout(blocked / "data").prepare()


def test_a_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    layout.prepare()

    first, second = layout.secret("key"), layout.secret("key")

    assert first == second
    assert len(first) == 64
    assert (layout.secrets / "key").stat().st_mode & 0o777 == 0o600
