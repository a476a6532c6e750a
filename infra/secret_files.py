"""Make the secrets docker-compose.yml mounts: `python3 infra/secret_files.py [DIR]`.

Standard library only. What is there already is never replaced: the key that seals
originals cannot be made again.
"""

import os
import secrets
import sys
from pathlib import Path

NAMES = (
    "otklik_database_password",
    "otklik_valkey_password",
    "otklik_meili_key",
    "otklik_secret_key",
)


def make(folder: Path) -> list[Path]:
    """Make the missing files; return them.

    Only the owner may enter the folder. The files themselves are readable: they are
    mounted one by one into containers that run as other users.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    made = []
    for name in NAMES:
        file = folder / f"{name}.txt"
        if not file.exists():
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
            with os.fdopen(descriptor, "w") as output:
                output.write(f"{secrets.token_hex(32)}\n")
            file.chmod(0o444)
            made.append(file)
    return made


def main(arguments: list[str]) -> int:
    """Make them and say so."""
    folder = Path(arguments[0]) if arguments else Path("secrets")
    for file in make(folder):
        print(f"made {file}")
    print(f"Keep a copy of {folder} outside this machine: backups need it.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
