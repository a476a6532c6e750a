"""docker-compose.yml: well-formed, closed by default, in step with the code."""

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from infra.secret_files import NAMES
from tests.shared.test_settings import variables

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
SCHEMA = ROOT / "tests/data/compose-spec/compose-spec.json"

OURS = {name for name, service in SERVICES.items() if "build" in service}
ONE_SHOT = {"migrate", "meilisearch-folder"}
"""They end by themselves; others wait for their success."""

HANDS_OVER = "meilisearch-folder"
"""The one container of root: it may change the owner of one folder, nothing else."""


def test_the_file_fits_the_compose_specification() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))

    jsonschema.validate(COMPOSE, schema)


def test_every_part_of_the_architecture_is_there() -> None:
    assert set(SERVICES) == {
        "postgres",
        "valkey",
        "meilisearch",
        "meilisearch-folder",
        "migrate",
        "web",
        "ingest-api",
        "ingest-worker",
        "triage-api",
        "triage-worker",
        "reports-api",
        "reports-worker",
        "proxy",
    }
    assert {name for name in SERVICES if "-api" in name or "-worker" in name} | {
        "web",
        "migrate",
    } == OURS


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_closed_by_default(name: str) -> None:
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["pids_limit"]
    assert "privileged" not in service
    assert re.search(r":v?\d+\.\d+\.\d+(-\w+)?$|^postgres:\d+\.\d+$", service["image"])


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_is_root_but_the_one_that_hands_a_folder_over(name: str) -> None:
    service = SERVICES[name]
    user = int(service["user"].split(":")[0])

    if name == HANDS_OVER:
        assert service["network_mode"] == "none"
        assert service["cap_add"] == ["CHOWN"]
        assert "secrets" not in service
        assert service["restart"] == "no"
    else:
        assert user > 0
        assert "cap_add" not in service


@pytest.mark.parametrize("name", sorted(set(SERVICES) - ONE_SHOT))
def test_every_lasting_container_says_whether_it_is_well(name: str) -> None:
    check = SERVICES[name]["healthcheck"]

    assert check["test"][0] in {"CMD", "CMD-SHELL"}
    assert {"interval", "timeout", "retries"} <= set(check)


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_waits_until_what_it_needs_is_well(name: str) -> None:
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        expected = (
            "service_completed_successfully"
            if needed in ONE_SHOT
            else "service_healthy"
        )
        assert how == {"condition": expected}


def test_only_the_proxy_can_be_reached_and_only_from_this_machine() -> None:
    published = {name: s["ports"] for name, s in SERVICES.items() if "ports" in s}

    assert published == {"proxy": ["127.0.0.1:${OTKLIK_PORT:-8080}:8080"]}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert [n for n, s in SERVICES.items() if "outside" in s.get("networks", [])] == [
        "ingest-api",
        "ingest-worker",
        "triage-worker",
        "proxy",
    ]


def test_no_secret_stands_in_the_file() -> None:
    secrets = {name: source["file"] for name, source in COMPOSE["secrets"].items()}

    assert secrets == {name: f"./secrets/{name}.txt" for name in NAMES}
    assert re.findall(r"://[^/\s]*:[^/\s]*@", TEXT) == []
    for service in SERVICES.values():
        for variable in service.get("environment", {}):
            named = re.search("(^|_)(PASSWORD|SECRETS?|KEY|TOKEN)(_|$)", variable)
            assert named is None or variable.endswith(("_FILE", "_DIR"))


def test_every_variable_is_a_setting_of_the_code() -> None:
    known, missing = variables()
    if missing:
        pytest.skip(f"not in this checkout: {', '.join(missing)}")

    assert set(re.findall(r"OTKLIK_[A-Z_]+", TEXT)) - known == set()


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_exists(name: str) -> None:
    command = SERVICES[name]["command"]
    if find_spec("infra.cli") is None:
        pytest.skip("not in this checkout: infra.cli")

    match command:
        case ["otklik", "migrate"]:
            from infra import cli  # noqa: PLC0415 -- not in every checkout yet

            assert "migrate" in {c.name or c.callback.__name__ for c in _commands(cli)}
        case ["python", "-m", module]:
            assert find_spec(module) is not None
        case ["uvicorn", "--factory", target, *options]:
            module, _, attribute = target.partition(":")
            found = __import__(module, fromlist=[attribute])
            assert callable(getattr(found, attribute))
            assert {"--port=8000", "--ws=none"} <= set(options)
        case _:
            pytest.fail(f"an unknown kind of command: {command}")


def _commands(cli: Any) -> list[Any]:  # noqa: ANN401 -- typer's own lists
    return list(cli.app.registered_commands)


def test_the_proxy_routes_like_the_embedded_gateway() -> None:
    conf = (ROOT / "infra/proxy/nginx.conf").read_text("utf-8")
    routes = re.findall(
        r"location ~ \^/api/v1/\(([a-z|]+)\)\(/\|\$\) \{\s*proxy_pass \$(\w+);", conf
    )
    owners = {segment: owner for group, owner in routes for segment in group.split("|")}

    assert owners == {
        "ingest": "ingest",
        "archive": "ingest",
        "triage": "triage",
        "changes": "triage",
        "reports": "reports",
    }
    targets = dict(
        re.findall(r'map "" \$(\w+) \{ default http://([\w-]+):8000; \}', conf)
    )
    assert targets == {
        "ingest": "ingest-api",
        "triage": "triage-api",
        "reports": "reports-api",
        "web": "web",
    }
    assert set(targets.values()) <= set(SERVICES)


def test_the_image_runs_as_an_ordinary_user_from_the_locked_dependencies() -> None:
    dockerfile = (ROOT / "infra/Dockerfile").read_text("utf-8")

    user = re.findall(r"^USER (.+)$", dockerfile, re.MULTILINE)
    assert user == ["10001:10001"]
    assert {SERVICES[name]["user"] for name in OURS} == {"10001:10001"}
    assert "--require-hashes" in dockerfile
    assert re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) == [
        "python:3.12-slim-trixie",
        "python:3.12-slim-trixie",
    ]
