"""python -m infra.sandbox: the sandbox by itself."""

import argparse
import asyncio
import sys
from pathlib import Path

from pydantic import SecretStr

from infra.sandbox.server import serve
from infra.sandbox.settings import Settings


def main(arguments: list[str] | None = None) -> int:
    """Read the command line over the environment and serve."""
    parser = argparse.ArgumentParser(prog="python -m infra.sandbox")
    parser.add_argument("--port", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--days", type=int)
    parser.add_argument("--target", help="address of Otklik, http://127.0.0.1:8080")
    parser.add_argument("--key-file", type=Path, help="file with the API key")
    given = {
        k: v for k, v in vars(parser.parse_args(arguments)).items() if v is not None
    }
    if key_file := given.pop("key_file", None):
        given["key"] = SecretStr(key_file.read_text("utf-8").strip())
    settings = Settings(**given)
    try:
        asyncio.run(serve(settings))
    except OSError as error:
        print(
            f"The sandbox cannot use port {settings.port}: {error.strerror}",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
