"""An OpenAPI description as people read it."""

from typing import Any

import pytest

from web.views.openapi import Field, merged, reference_of, type_of

ROOT: dict[str, Any] = {
    "components": {
        "schemas": {
            "Post": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "reply": {
                        "anyOf": [
                            {"$ref": "#/components/schemas/Post"},
                            {"type": "null"},
                        ]
                    },
                },
            }
        }
    }
}


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "date-time"}, "date-time"),
        ({"type": "array", "items": {"type": "integer"}}, "[integer]"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer | null"),
        ({"enum": ["vk", "ok"]}, "vk | ok"),
        ({"const": "hand"}, "hand"),
        ({"$ref": "#/components/schemas/Post"}, "object"),
        ({"$ref": "#/components/schemas/Nothing"}, "any"),
        ({}, "any"),
    ],
)
def test_type_is_named_shortly(schema: dict[str, Any], name: str) -> None:
    assert type_of(schema, ROOT) == name


def test_description_that_refers_to_itself_ends() -> None:
    call = {
        "responses": {
            "200": {
                "content": {
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/Post"}
                    }
                }
            }
        }
    }
    described = {**ROOT, "paths": {"/api/v1/triage/posts": {"get": call}}}

    (group,) = reference_of(described)

    depths = [field.depth for field in group.operations[0].result]
    assert depths == [0, 0, 1, 1, 2, 2, 3, 3]
    assert group.operations[0].result[0] == Field(
        "id", "body", "uuid", is_required=True, text=""
    )


def test_call_without_answers_or_fields_is_shown_all_the_same() -> None:
    described = {"paths": {"/api/v1/ingest/status": {"get": {"summary": "Status"}}}}

    (group,) = reference_of(described)

    assert (group.name, group.operations[0].title) == ("ingest", "Status")
    assert group.operations[0].result == ()


def test_path_outside_of_the_base_makes_its_own_group() -> None:
    assert [g.name for g in reference_of({"paths": {"/": {"get": {}}}})] == ["/"]


def test_nothing_to_merge_is_still_a_description() -> None:
    assert merged([])["paths"] == {}


def test_probes_are_no_part_of_the_api() -> None:
    described: dict[str, Any] = {"paths": {"/healthz": {}, "/api/v1/ingest/posts": {}}}

    assert list(merged([described])["paths"]) == ["/api/v1/ingest/posts"]
