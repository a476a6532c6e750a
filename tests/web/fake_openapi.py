"""The description of a service, as it answers `openapi.json`."""

from typing import Any

Json = dict[str, Any]


def openapi(service: str) -> Json:
    """Describe one call, with a nested body."""
    path = f"/api/v1/{service}/posts"
    return {
        "openapi": "3.1.0",
        "info": {"title": service, "version": "0.1.0"},
        "paths": {
            path: {
                "post": {
                    "summary": "Take posts in",
                    "description": "A JSON array or NDJSON; a bad line loses no other.",
                    "parameters": [
                        {
                            "name": "Idempotency-Key",
                            "in": "header",
                            "required": False,
                            "schema": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                        }
                    ],
                    "requestBody": {
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "array",
                                    "items": {"$ref": "#/components/schemas/Post"},
                                }
                            }
                        }
                    },
                    "responses": {
                        "200": {
                            "description": "How many were taken in.",
                            "content": {
                                "application/json": {
                                    "schema": {"$ref": "#/components/schemas/Taken"}
                                }
                            },
                        },
                        "401": {"description": "No key, or a wrong one."},
                    },
                }
            }
        },
        "components": {
            "schemas": {
                "Post": {
                    "type": "object",
                    "required": ["text"],
                    "properties": {
                        "text": {"type": "string", "description": "The words."},
                        "kind": {"enum": ["post", "comment"]},
                        "author": {"$ref": "#/components/schemas/Author"},
                    },
                },
                "Author": {
                    "type": "object",
                    "properties": {"id": {"type": "string"}},
                },
                "Taken": {
                    "type": "object",
                    "properties": {
                        "accepted": {"type": "integer"},
                        "rejected": {"type": "array", "items": {"type": "string"}},
                    },
                },
            }
        },
    }
