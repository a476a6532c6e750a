"""The parameter `fields`: names, modifiers in brackets, fields of what is inside."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from infra.sandbox.graph.errors import GraphError

_TOKEN: Final = re.compile(r"\s*(\w+|[.,{}]|\([^()]*\))")


@dataclass(frozen=True, slots=True)
class Field:
    """A wished field, such as `comments.limit(0).summary(true){id}`."""

    name: str
    modifiers: Mapping[str, str] = field(default_factory=dict)
    inside: tuple["Field", ...] = ()


@lru_cache(maxsize=256)
def parse(text: str) -> tuple[Field, ...]:
    """Read an expression; error 2500 for what is none."""
    reader = _Reader(text)
    fields = reader.fields() if text else ()
    if reader.rest:
        raise _syntax(text)
    return fields


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0

    @property
    def rest(self) -> str:
        return self._text[self._place :].strip()

    def fields(self) -> tuple[Field, ...]:
        found = [self._field()]
        while self._take(","):
            found.append(self._field())
        return tuple(found)

    def _field(self) -> Field:
        name, modifiers = self._name(), {}
        while self._take("."):
            modifier = self._name()
            modifiers[modifier] = self._next()[1:-1]
        inside: tuple[Field, ...] = ()
        if self._take("{"):
            inside = self.fields()
            if not self._take("}"):
                raise _syntax(self._text)
        return Field(name, modifiers, inside)

    def _name(self) -> str:
        name = self._next()
        if not name.isidentifier():
            raise _syntax(self._text)
        return name

    def _take(self, sign: str) -> bool:
        found = _TOKEN.match(self._text, self._place)
        if found is None or found[1] != sign:
            return False
        self._place = found.end()
        return True

    def _next(self) -> str:
        found = _TOKEN.match(self._text, self._place)
        if found is None:
            raise _syntax(self._text)
        self._place = found.end()
        return found[1]


def _syntax(text: str) -> GraphError:
    return GraphError(2500, f"Syntax error in fields: {text[:80]}")


@dataclass(frozen=True, slots=True)
class Node:
    """An object of Graph: all it can show, and what it is known to have.

    Values that are not in `shown` are left out; a field that is not in `known` is an
    error for the whole call. Callables are asked when they are wished.
    """

    kind: str
    shown: Mapping[str, Any]
    known: frozenset[str]


def select(node: Node, fields: tuple[Field, ...], usual: str) -> dict[str, Any]:
    """Give what is wished of a node, always its id; `usual` is wished by default."""
    told: dict[str, Any] = {}
    for each in fields or parse(usual):
        if each.name not in node.known:
            detail = (
                f"(#100) Tried accessing nonexisting field ({each.name}) on node type "
                f"({node.kind})"
            )
            raise GraphError(100, detail)
        value = node.shown.get(each.name)
        if callable(value):
            value = value(each)
        elif each.inside and isinstance(value, dict):
            value = _inside(value, each.inside)
        if value is not None:
            told[each.name] = value
    return {**told, "id": node.shown["id"]}


def _inside(value: Mapping[str, Any], fields: tuple[Field, ...]) -> dict[str, Any]:
    if "data" in value:
        data = [_inside(each, fields) for each in value["data"]]
        return {**value, "data": data}
    return {each.name: value[each.name] for each in fields if each.name in value}
