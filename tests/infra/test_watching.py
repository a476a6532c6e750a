"""Sources and credentials from the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from infra.cli import app
from infra.embedded.layout import Layout, State
from infra.watching import secrets_from
from shared.errors import Invalid
from shared.standard_webhooks import secret_of


@pytest.mark.parametrize(
    ("piped", "expected"),
    [
        ("vk1.a.x\n", {"token": "vk1.a.x"}),
        ("token=a=b\nsecret = c\n\n", {"token": "a=b", "secret": "c"}),
    ],
)
def test_secrets_are_read_as_people_pipe_them(
    piped: str, expected: dict[str, str]
) -> None:
    assert secrets_from(piped) == expected


@pytest.mark.parametrize("piped", ["", "\n", "token=\n", "a=b\nc\n"])
def test_secrets_that_are_none_are_refused(piped: str) -> None:
    with pytest.raises(Invalid):
        secrets_from(piped)


@pytest.fixture
def here(
    database_url: str, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An installation with a region, whose feeds may be on this machine."""
    layout = Layout(tmp_path / "data")
    layout.prepare()
    State("http://127.0.0.1:1", database_url, valkey_url).write(layout.state)
    monkeypatch.setenv("OTKLIK_DATA", str(layout.root))
    monkeypatch.setenv("OTKLIK_FEED_ALLOW", "127.0.0.1:9")
    assert run("region", "create", "north", "Северный край") == (0, None)


def run(*words: str, piped: str | None = None) -> tuple[int, Any]:
    """Run a command; return its exit code and the JSON it printed."""
    result = CliRunner().invoke(app, list(words), input=piped)
    try:
        return result.exit_code, json.loads(result.stdout)
    except ValueError:
        return result.exit_code, None


def test_a_link_is_watched_tested_and_listed(here: None) -> None:
    added = run("source", "add", "http://127.0.0.1:9/rss", "--region", "north")
    source_id = added[1]["id"]

    tested = run("source", "test", source_id)
    listed = run("source", "list")
    elsewhere = run("source", "list", "--region", "south")

    assert (added[0], added[1]["kind"], added[1]["health"]) == (0, "feed", "new")
    assert (tested[0], tested[1]["error"]["kind"]) == (1, "retry")
    assert [(each["region"], each["id"]) for each in listed[1]] == [
        ("north", source_id)
    ]
    assert {"health", "lag_s", "budget", "last_error"} <= listed[1][0].keys()
    assert elsewhere == (1, None)


@pytest.mark.parametrize(
    "words",
    [
        ("source", "add", "http://10.0.0.5/", "--region", "north"),
        ("source", "add", "яма", "--region", "north"),
        ("source", "add", "http://127.0.0.1:9/", "--region", "south"),
        ("source", "test", "01a2001e-5068-719e-8b9f-3d97deb2ca05"),
        ("source", "test", "x"),
    ],
)
def test_what_makes_no_sense_is_one_line(here: None, words: tuple[str, ...]) -> None:
    assert run(*words) == (1, None)


def test_a_credential_comes_from_standard_input_and_is_not_printed(
    here: None,
) -> None:
    secret = secret_of(b"k" * 32)
    words = ("credential", "add", "--region", "north", "--network", "portal")

    code, made = run(
        *words, "--kind", "webhook", "--label", "МФЦ", piped=f"current={secret}\n"
    )
    refused = run(*words, "--kind", "service", "--label", "МФЦ", piped="x\n")

    assert (code, made["state"], made["label"]) == (0, "ok", "МФЦ")
    assert secret not in json.dumps(made)
    assert refused == (1, None)
