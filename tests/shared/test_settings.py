"""Settings from the environment and from secret files; all of them documented."""

import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from shared.settings import SECRETS_DIR, Base, comma_list, with_password

ROOT = Path(__file__).parents[2]
CLASSES = (
    ("shared.settings", "Base"),
    ("services.ingest.settings", "Settings"),
    ("services.triage.settings", "Settings"),
    ("services.reports.settings", "Settings"),
    ("web.settings", "Settings"),
    ("infra.embedded.layout", "UpSettings"),
    ("infra.sandbox.settings", "Settings"),
    ("infra.pages", "Settings"),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of secrets, named to the process."""
    monkeypatch.setenv(SECRETS_DIR, str(tmp_path))
    return tmp_path


def plain(settings: Base, name: str) -> str | None:
    """Read a secret of the settings."""
    secret = getattr(settings, name)
    return None if secret is None else secret.get_secret_value()


def test_a_secret_is_read_from_its_file(folder: Path) -> None:
    (folder / "otklik_secret_key").write_text("с-е-к-р-е-т\n", "utf-8")
    (folder / "somebody_elses").write_text("noise")

    assert plain(Base(), "secret_key") == "с-е-к-р-е-т"


def test_the_environment_wins_over_a_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "otklik_meili_key").write_text("from-file")
    monkeypatch.setenv("OTKLIK_MEILI_KEY", "from-environment")

    assert plain(Base(), "meili_key") == "from-environment"


def test_a_password_file_completes_the_addresses(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "otklik_database_password").write_text("p@ss/w:rd\n")
    (folder / "otklik_valkey_password").write_text("0123abc")
    monkeypatch.setenv(
        "OTKLIK_DATABASE_URL", "postgresql://otklik@postgres:5432/otklik"
    )
    monkeypatch.setenv("OTKLIK_VALKEY_URL", "redis://valkey:6379/0")

    settings = Base()

    assert plain(settings, "database_url") == (
        "postgresql://otklik:p%40ss%2Fw%3Ard@postgres:5432/otklik"
    )
    assert plain(settings, "valkey_url") == "redis://:0123abc@valkey:6379/0"
    assert "p%40ss" not in repr(settings)


def test_a_folder_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRETS_DIR, "/nonexistent/secrets")

    with pytest.raises(ValueError, match="/nonexistent/secrets"):
        Base()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://otklik:own@postgres/otklik",
        "unix:///run/valkey.sock",
        "postgresql:///otklik?host=/run",
    ],
)
def test_an_address_that_needs_no_password_stays_as_it_is(url: str) -> None:
    assert with_password(url, "other") == url


def test_a_list_is_split_at_its_commas() -> None:
    assert comma_list(" a, b ,,c ") == ("a", "b", "c")


def variables() -> tuple[set[str], list[str]]:
    """Name every setting of every settings class, and the classes not found."""
    known, missing = {SECRETS_DIR}, []
    for module, name in CLASSES:
        if find_spec(module) is None:
            missing.append(module)
            continue
        found: type[BaseSettings] = getattr(import_module(module), name)
        prefix = found.model_config["env_prefix"]
        known |= {f"{prefix}{field}".upper() for field in found.model_fields}
    return known, missing


def documented() -> set[str]:
    """Name the settings .env.example explains, set or commented out."""
    text = (ROOT / ".env.example").read_text("utf-8")
    return set(re.findall(r"^#?(OTKLIK_[A-Z_]+)=", text, re.MULTILINE))


def test_the_example_names_every_setting() -> None:
    known, _ = variables()

    assert known - documented() == set()


def test_the_example_names_no_setting_that_does_not_exist() -> None:
    known, missing = variables()
    if missing:
        pytest.skip(f"not in this checkout: {', '.join(missing)}")

    assert documented() - known == set()
