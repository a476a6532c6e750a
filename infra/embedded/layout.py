"""Where an installation keeps its files, and what it may be told from outside."""

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from infra.embedded.errors import CannotStart


class UpSettings(BaseSettings):
    """What `otklik up` reads from the environment."""

    model_config = SettingsConfigDict(env_prefix="OTKLIK_", frozen=True, extra="ignore")

    port: int = 8080
    host: str = "127.0.0.1"
    data: Path = Path(".data")
    demo: bool = True
    sandbox_port: int | None = None
    database_url: SecretStr | None = None
    valkey_url: SecretStr | None = None
    meili_url: str | None = None
    meili_key: SecretStr | None = None
    log_level: str = "info"

    @property
    def world_port(self) -> int:
        """Port of the demonstration world."""
        return self.sandbox_port or self.port + 1


@dataclass(frozen=True)
class Layout:
    """The folders and files below OTKLIK_DATA."""

    root: Path

    @property
    def postgres(self) -> Path:
        """PostgreSQL's folder; belongs to its own system user when we are root."""
        return self.root / "postgres"

    @property
    def valkey(self) -> Path:
        """Valkey's folder."""
        return self.root / "valkey"

    @property
    def meilisearch(self) -> Path:
        """Meilisearch's folder."""
        return self.root / "meilisearch"

    @property
    def sandbox(self) -> Path:
        """What the demonstration world remembers."""
        return self.root / "sandbox"

    @property
    def watched(self) -> Path:
        """For which addresses the demonstration watches the fake networks."""
        return self.sandbox / "watched-for"

    @property
    def logs(self) -> Path:
        """One log file per process."""
        return self.root / "logs"

    @property
    def lock(self) -> Path:
        """Held by the one supervisor that uses this folder."""
        return self.root / "otklik.lock"

    @property
    def state(self) -> Path:
        """What runs now and where: read by the other commands."""
        return self.root / "state.json"

    @property
    def anchors(self) -> Path:
        """Heads of the audit chains, outside the database: copy it elsewhere."""
        return self.root / "audit-anchors.jsonl"

    @property
    def secrets(self) -> Path:
        """Secrets of this installation, one file each, readable by us alone."""
        return self.root / "secrets"

    def prepare(self) -> None:
        """Create the folders; raises CannotStart when that is not possible."""
        try:
            for folder in (self.root, self.logs, self.secrets):
                folder.mkdir(parents=True, exist_ok=True)
            self.secrets.chmod(0o700)
        except OSError as error:
            raise CannotStart(
                f"The data folder {self.root} cannot be used ({error.strerror}). Set "
                "OTKLIK_DATA to a folder you may write to."
            ) from error

    def secret(self, name: str) -> str:
        """Return a secret of this installation, made at the first call."""
        file = self.secrets / name
        if not file.exists():
            fresh = secrets.token_hex(32)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as output:
                output.write(fresh)
        return file.read_text().strip()


@dataclass
class State:
    """The running installation, as the supervisor wrote it down."""

    address: str
    database_url: str
    valkey_url: str
    meili_url: str | None = None
    meili_key: str | None = None
    sandbox_url: str | None = None
    processes: dict[str, int] = field(default_factory=dict)

    def write(self, file: Path) -> None:
        """Replace the file at once; it holds addresses, so only we may read it."""
        new = file.with_suffix(".new")
        new.unlink(missing_ok=True)
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as output:
            json.dump(self.__dict__, output, indent=1)
        new.replace(file)

    @staticmethod
    def read(file: Path) -> "State | None":
        """Read what a supervisor wrote; None when there is nothing."""
        try:
            found: dict[str, Any] = json.loads(file.read_text())
        except (OSError, ValueError):
            return None
        return State(**found)
