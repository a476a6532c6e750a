"""The official VK schema as an oracle; it lies beside the checkout, not within.

Set OTKLIK_VK_SCHEMA to its folder, or keep it in ../shared/vk-api-schema.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.protocols import Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

BASE = "http://vk-schema.invalid/"
FOLDER = Path(
    os.environ.get("OTKLIK_VK_SCHEMA")
    or Path(__file__).parents[2] / "shared" / "vk-api-schema"
)
MISSING = (
    f"The VK schema is not in {FOLDER}: bodies are not validated against it. "
    "Set OTKLIK_VK_SCHEMA."
)
# additionalProperties closes types that others extend by allOf: it cannot be meant.
_STRANGE = ("entity", "enumNames", "$schema", "additionalProperties")


def is_there() -> bool:
    return (FOLDER / "wall" / "objects.json").exists()


@cache
def validator(reference: str) -> Validator:
    """Validate against `wall/responses.json#/definitions/wall_get_response`."""
    return Draft7Validator({"$ref": f"{BASE}{reference}"}, registry=_registry())


def problems(body: Any, reference: str) -> list[str]:  # noqa: ANN401 -- any JSON
    """Tell what is wrong with a body; nothing if the schema is not there."""
    if not is_there():
        return []
    errors = validator(reference).iter_errors(body)
    return [f"{error.json_path}: {error.message}" for error in errors]


@cache
def _registry() -> "Registry[Any]":
    resources = [
        (
            f"{BASE}{file.relative_to(FOLDER).as_posix()}",
            DRAFT7.create_resource(_plain(json.loads(file.read_text("utf-8")))),
        )
        for name in ("objects.json", "responses.json")
        for file in sorted(FOLDER.glob(f"*/{name}"))
    ]
    return Registry().with_resources(resources)


def _plain(node: Any) -> Any:  # noqa: ANN401 -- any JSON
    """Turn VK's dialect into draft 7: hoist `required`, bare `$ref`."""
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": node["$ref"]}
    plain = {key: _plain(one) for key, one in node.items() if key not in _STRANGE}
    if required := _required(node.get("properties")):
        plain["required"] = required
    elif not isinstance(plain.get("required"), list):
        plain.pop("required", None)
    return plain


def _required(properties: Any) -> list[str]:  # noqa: ANN401 -- any JSON
    if not isinstance(properties, dict):
        return []
    return sorted(
        name
        for name, one in properties.items()
        if isinstance(one, dict) and one.get("required") is True
    )
