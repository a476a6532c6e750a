"""The official VK schema is there and can refuse; without it this skips loudly."""

import pytest

from tests import vk_schema, vk_types
from tests.infra.sandbox.fakes.vk import ERROR, SCHEMAS, schema_of

needs_schema = pytest.mark.skipif(not vk_schema.is_there(), reason=vk_schema.MISSING)


@needs_schema
@pytest.mark.parametrize("method", sorted(SCHEMAS))
def test_schema_of_every_method_resolves_and_wants_an_answer(method: str) -> None:
    for extended in (False, True):
        reference = schema_of(method, extended=extended)
        assert reference is not None
        assert vk_schema.problems({"response": "nonsense"}, reference) != []


@needs_schema
def test_schema_misses_what_it_requires() -> None:
    empty_wall: dict[str, object] = {"response": {"items": []}}
    bare_post = {"response": {"count": 1, "items": [{"id": 1}]}}
    wall = SCHEMAS["wall.get"]

    assert vk_schema.problems({"error_code": 5}, ERROR) == [
        "$: 'inner_type' is a required property"
    ]
    assert vk_schema.problems(empty_wall, wall) == [
        "$.response: 'count' is a required property"
    ]
    assert vk_schema.problems(bare_post, wall) == [
        "$.response.items[0]: 'inner_type' is a required property"
    ]


@pytest.mark.skipif(not vk_types.is_there(), reason=vk_types.MISSING)
@pytest.mark.parametrize("method", sorted(SCHEMAS))
def test_second_oracle_knows_every_method_and_wants_an_answer(method: str) -> None:
    assert vk_types.problems({"response": "nonsense"}, method) != []
