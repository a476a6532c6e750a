"""The rule engine on files: rules and posts as NDJSON, without server or settings."""

import gc
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from services.ingest.rules import (
    CompiledRule,
    Matcher,
    Post,
    QueryError,
    compile_rule,
    parse,
    tree,
)
from services.ingest.rules.errors import Language

ABOUT: Final = ("place", "network", "source", "language", "kind")
"""What a line may say about a post besides its text, for the fields of queries."""

_LABELS: Final = {
    "ru": ("Ошибка", "знак", "Ожидалось", "Что сделать"),
    "en": ("Error", "character", "Expected", "What to do"),
}


class BadLine(ValueError):
    """A line of a file that is not what it should be; says which and why."""

    def __init__(self, file: Path, number: int, why: str) -> None:
        super().__init__(f"{file}, line {number}: {why}")


def matched(rules: Path, posts: Path) -> Iterator[str]:
    """Yield for each post, as it is read, a JSON line with the ids of its rules.

    Ids come in the order of the rules' lines. Raises BadLine, for a wrong rule before
    any post is read.
    """
    ids, matcher = _rules(rules)
    for number, line in _objects(posts):
        post = _post(posts, number, line)
        caught = [ids[each] for each in matcher.numbers(post)]
        yield json.dumps({"id": line["id"], "rules": caught}, ensure_ascii=False)


def checked(query: str, language: Language) -> tuple[str, bool]:
    """Return the query's tree, or what is wrong with it; and whether it is right."""
    try:
        return tree(parse(query)), True
    except QueryError as error:
        return explained(query, error, language), False


def explained(query: str, error: QueryError, language: Language) -> str:
    """Tell a fault in a few lines, with the place in the query pointed at."""
    told = error.told(language)
    fault, character, expected, suggestion = _LABELS[language]
    start = max(0, error.position - 30)
    shown = query[start : error.position + 30].replace("\n", " ").replace("\t", " ")
    return "\n".join(
        [
            f"{fault} ({character} {error.position + 1}): {told.message}",
            f"  {shown}",
            f"  {' ' * (error.position - start)}^",
            f"{expected}: {told.expected}.",
            f"{suggestion}: {told.suggestion}",
        ]
    )


def _rules(file: Path) -> tuple[list[str | int], Matcher]:
    ids: list[str | int] = []
    compiled: list[CompiledRule] = []
    gc.disable()  # nothing here is garbage, and there is much of it to walk over
    for number, line in _objects(file):
        query = _text(file, number, line, "query")
        try:
            compiled.append(compile_rule(UUID(int=number), 1, query))
        except QueryError as error:
            raise BadLine(file, number, f"query: {error}") from error
        ids.append(line["id"])
    matcher = Matcher(compiled)
    gc.freeze()
    gc.enable()
    return ids, matcher


def _post(file: Path, number: int, line: Mapping[str, Any]) -> Post:
    about = {name: line.get(name) for name in ABOUT}
    for name, value in about.items():
        if value is not None and not isinstance(value, str):
            raise BadLine(file, number, f"{name} must be a text")
    return Post(_text(file, number, line, "text"), **about)


def _text(file: Path, number: int, line: Mapping[str, Any], name: str) -> str:
    value = line.get(name)
    if not isinstance(value, str):
        raise BadLine(file, number, f"{name} is missing or not a text")
    return value


def _objects(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the JSON objects of a file with their line numbers; skip empty lines."""
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield number, _object(file, number, line)


def _object(file: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadLine(file, number, "this is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BadLine(file, number, f"this is not JSON ({error})") from error
    if not isinstance(found, dict):
        raise BadLine(file, number, "this is not a JSON object")
    key = found.get("id")
    if isinstance(key, bool) or not isinstance(key, str | int):
        raise BadLine(file, number, "id is missing or neither text nor number")
    return found
