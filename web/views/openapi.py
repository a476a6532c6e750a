"""Reads an OpenAPI description into groups of operations a person can follow."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
_DEPTH = 4
_API = "/api/"

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body or an answer."""

    name: str
    where: str
    type: str
    is_required: bool
    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer."""

    status: str
    text: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One call."""

    id: str
    method: str
    path: str
    title: str
    text: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    result: tuple[Field, ...]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The calls of one service."""

    name: str
    operations: tuple[Operation, ...]


def merged(descriptions: Sequence[Json]) -> dict[str, Any]:
    """Join the services' descriptions into one; later names never overwrite paths."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for one in descriptions:
        api = {p: c for p, c in one.get("paths", {}).items() if p.startswith(_API)}
        paths = {**api, **paths}
        schemas = {**one.get("components", {}).get("schemas", {}), **schemas}
    first: Json = descriptions[0] if descriptions else {}
    return {
        "openapi": first.get("openapi", "3.1.0"),
        "info": {
            "title": "Otklik",
            "version": first.get("info", {}).get("version", ""),
        },
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"bearer": []}],
    }


def reference_of(described: Json) -> tuple[Group, ...]:
    """Group the calls by the second part of their path."""
    groups: dict[str, list[Operation]] = {}
    for path, methods in described.get("paths", {}).items():
        for method in METHODS:
            if method in methods:
                operation = _operation(path, method, methods[method], described)
                groups.setdefault(_group(path), []).append(operation)
    return tuple(Group(name, tuple(calls)) for name, calls in groups.items())


def _group(path: str) -> str:
    parts = path.removeprefix("/api/v1").strip("/").split("/")
    return parts[0] or path


def _operation(path: str, method: str, call: Json, root: Json) -> Operation:
    content = call.get("requestBody", {}).get("content", {})
    good: Json = next(
        (a for s, a in call.get("responses", {}).items() if s.startswith("2")), {}
    )
    return Operation(
        id=f"{method}-{path.strip('/').replace('/', '-')}",
        method=method.upper(),
        path=path,
        title=call.get("summary", ""),
        text=call.get("description", ""),
        parameters=tuple(_parameter(one, root) for one in call.get("parameters", ())),
        body=_content(content, root),
        result=_content(good.get("content", {}), root),
        answers=tuple(
            Answer(status, answer.get("description", ""), not status.startswith("2"))
            for status, answer in call.get("responses", {}).items()
        ),
    )


def _parameter(one: Json, root: Json) -> Field:
    schema = one.get("schema", {})
    return Field(
        name=one.get("name", ""),
        where=one.get("in", ""),
        type=type_of(schema, root),
        is_required=bool(one.get("required")),
        text=one.get("description", "") or schema.get("description", ""),
    )


def _content(content: Json, root: Json) -> tuple[Field, ...]:
    schema: Json = next((one.get("schema", {}) for one in content.values()), {})
    return tuple(_fields(_resolved(schema, root), root, 0))


def _fields(schema: Json, root: Json, depth: int) -> Iterator[Field]:
    if depth >= _DEPTH:
        return
    if schema.get("type") == "array":
        yield from _fields(_resolved(schema.get("items", {}), root), root, depth)
        return
    required = set(schema.get("required", ()))
    for name, value in schema.get("properties", {}).items():
        yield Field(
            name,
            "body",
            type_of(value, root),
            name in required,
            value.get("description", ""),
            depth,
        )
        yield from _fields(_inner(value, root), root, depth + 1)


def _inner(schema: Json, root: Json) -> Json:
    for one in schema.get("anyOf", ()):
        if one.get("type") != "null":
            return _inner(one, root)
    found = _resolved(schema, root)
    if found.get("type") == "array":
        return _resolved(found.get("items", {}), root)
    return found


def type_of(schema: Json, root: Json) -> str:
    """Name a type in one short word or two."""
    if "anyOf" in schema:
        return " | ".join(type_of(one, root) for one in schema["anyOf"])
    found = _resolved(schema, root)
    if "enum" in found:
        return " | ".join(str(value) for value in found["enum"])
    if "const" in found:
        return str(found["const"])
    if found.get("type") == "array":
        return f"[{type_of(found.get('items', {}), root)}]"
    return str(found.get("format") or found.get("type") or "any")


def _resolved(schema: Json, root: Json) -> Json:
    reference = schema.get("$ref")
    if not isinstance(reference, str):
        return schema
    found: Any = root
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part, {})
    return found if isinstance(found, dict) else {}
