"""Editable data files: words, calendars, lists that people of a region may extend.

Lists of words are text files, one entry a line, `#` opens a comment line. Tables
are TOML. Files are read as they are needed; keep what is built from them.
"""

import tomllib
from importlib.resources import files
from typing import Any


def lines(name: str) -> list[str]:
    """Read the entries of a list."""
    text = files(__name__).joinpath(name).read_text("utf-8")
    entries = (line.strip() for line in text.splitlines())
    return [entry for entry in entries if entry and not entry.startswith("#")]


def table(name: str) -> dict[str, Any]:
    """Read a TOML table."""
    return tomllib.loads(files(__name__).joinpath(name).read_text("utf-8"))
