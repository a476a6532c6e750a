"""VK's official schema, made readable for a validator; it lies beside the project."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

NAME = "shared/vk-api-schema"
"""Beside the project, or above it when it is checked out deeper."""

FOLDERS = [above / NAME for above in Path(__file__).parents if (above / NAME).is_dir()]
BASE = "https://vk.example/schema/"


def validator(reference: str) -> Draft7Validator:
    """Validate against such as `wall/objects.json#/definitions/...`, or skip."""
    if not FOLDERS:
        pytest.skip(f"VK's official schema is not in ../{NAME}: nothing was validated")
    return Draft7Validator({"$ref": BASE + reference}, registry=_registry())


@cache
def _registry() -> Registry[Any]:
    folder = FOLDERS[0]
    files = [*folder.glob("*/objects.json"), *folder.glob("*/responses.json")]
    return Registry().with_resources(
        (BASE + file.relative_to(folder).as_posix(), _resource(file)) for file in files
    )


def _resource(file: Path) -> Resource[Any]:
    contents = _fixed(json.loads(file.read_text(encoding="utf-8")))
    contents.pop("$schema", None)
    return DRAFT7.create_resource(contents)


def _fixed(node: Any) -> Any:  # noqa: ANN401 -- JSON
    """Say in the words of draft 7 what VK says in its own.

    `required` stands on the properties, references have siblings.
    """
    if isinstance(node, list):
        return [_fixed(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": node["$ref"]}
    fixed = {
        name: _fixed(each)
        for name, each in node.items()
        if name not in {"entity", "enumNames", "required"}
    }
    required = _required(node.get("properties"))
    return {**fixed, "required": required} if required else fixed


def _required(properties: Any) -> list[str]:  # noqa: ANN401 -- JSON
    if not isinstance(properties, dict):
        return []
    return sorted(
        name
        for name, each in properties.items()
        if isinstance(each, dict) and each.get("required") is True
    )
