"""The hash chain: one canonical form, and no change goes unnoticed."""

import hashlib
import json
import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.audit import chain
from shared.audit.chain import GENESIS, Row


def rows_of(bodies: list[str]) -> list[Row]:
    rows, last = [], GENESIS
    for seq, body in enumerate(bodies, start=1):
        last = chain.link(last, body)
        rows.append(Row(seq, body, last))
    return rows


CHAIN = rows_of([chain.canonical({"n": n, "кто": "Вера"}) for n in range(1, 51)])
HEAD = (50, CHAIN[-1].hash)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{}"),
        ({"б": 1, "а": [True, None, "ё"]}, '{"а":[true,null,"ё"],"б":1}'),
        ({"id": UUID(int=1)}, '{"id":"00000000-0000-0000-0000-000000000001"}'),
        ({"x": 'a"\n\x00'}, '{"x":"a\\"\\n\\u0000"}'),
        ({"x": "\ud800"}, '{"x":"\\ud800"}'),
    ],
)
def test_canonical_form(value: dict[str, Any], text: str) -> None:
    assert chain.canonical(value) == text


@pytest.mark.parametrize(
    "value", [{"x": 1.5}, {"x": [{"y": (0.1,)}]}, {"x": float("nan")}]
)
def test_floats_are_refused(value: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="no floats"):
        chain.canonical(value)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.text(), part, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_order_of_keys_does_not_change_the_canonical_form(
    value: dict[str, Any],
) -> None:
    text = chain.canonical(value)

    assert chain.canonical(dict(reversed(value.items()))) == text
    assert json.loads(text) == value


def test_link_is_the_hash_of_the_hash_before_and_the_body() -> None:
    expected = hashlib.sha256(bytes(32) + '{"а":1}'.encode()).hexdigest()

    assert chain.link(GENESIS, '{"а":1}') == expected


def test_whole_chain_and_whole_pieces_verify() -> None:
    middle = (20, CHAIN[19].hash)

    assert chain.verify(CHAIN, head=HEAD) is None
    assert chain.verify([], head=(0, GENESIS)) is None
    assert chain.verify(CHAIN[20:], head=HEAD, start=middle) is None
    assert chain.verify(CHAIN[:20], head=middle) is None


@pytest.mark.parametrize(
    ("rows", "broken"),
    [
        ([], 1),
        (CHAIN[:-1], 50),
        (CHAIN[1:], 1),
        ([*CHAIN[:9], CHAIN[9]._replace(body="{}"), *CHAIN[10:]], 10),
        ([*CHAIN[:9], *CHAIN[10:]], 10),
        ([*CHAIN[:9], CHAIN[10], CHAIN[9], *CHAIN[11:]], 10),
        ([*CHAIN, CHAIN[-1]], 51),
        ([*CHAIN[:30], *rows_of([row.body for row in CHAIN])[31:]], 31),
    ],
)
def test_first_broken_entry_is_named(rows: list[Row], broken: int) -> None:
    assert chain.verify(rows, head=HEAD) == broken


Change = Callable[[random.Random, list[Row]], list[Row]]


def edited(chance: random.Random, rows: list[Row]) -> list[Row]:
    """Change one character of a body."""
    at = chance.randrange(len(rows))
    body = rows[at].body
    place = chance.randrange(len(body))
    other = chr((ord(body[place]) + chance.randrange(1, 50)) % 0xD800)
    rows[at] = rows[at]._replace(body=body[:place] + other + body[place + 1 :])
    return rows


def rehashed(chance: random.Random, rows: list[Row]) -> list[Row]:
    """Change an entry and compute all hashes after it anew: only the head tells."""
    bodies = [row.body for row in edited(chance, rows)]
    return rows_of(bodies)


def deleted(chance: random.Random, rows: list[Row]) -> list[Row]:
    at = chance.randrange(len(rows))
    count = chance.randrange(1, 4)
    return rows[:at] + rows[at + count :]


def deleted_and_renumbered(chance: random.Random, rows: list[Row]) -> list[Row]:
    left = deleted(chance, rows)
    return [row._replace(seq=seq) for seq, row in enumerate(left, start=1)]


def swapped(chance: random.Random, rows: list[Row]) -> list[Row]:
    one, other = chance.sample(range(len(rows)), 2)
    rows[one], rows[other] = rows[other], rows[one]
    return rows


def repeated(chance: random.Random, rows: list[Row]) -> list[Row]:
    at = chance.randrange(len(rows))
    return [*rows[: at + 1], *rows[at:]]


def inserted(chance: random.Random, rows: list[Row]) -> list[Row]:
    at = chance.randrange(len(rows) + 1)
    last = rows[at - 1].hash if at else GENESIS
    body = chain.canonical({"n": chance.randrange(1_000)})
    return [*rows[:at], Row(at + 1, body, chain.link(last, body)), *rows[at:]]


CHANGES: list[Change] = [
    edited,
    rehashed,
    deleted,
    deleted_and_renumbered,
    swapped,
    repeated,
    inserted,
]


def test_a_thousand_random_changes_are_all_noticed() -> None:
    chance = random.Random(152)  # noqa: S311 -- repeatable, not secret

    changed = [chance.choice(CHANGES)(chance, list(CHAIN)) for _ in range(1_000)]

    unnoticed = [rows for rows in changed if chain.verify(rows, head=HEAD) is None]
    assert unnoticed == []
    assert all(rows != CHAIN for rows in changed)
    assert all(a.seq < b.seq for a, b in pairwise(CHAIN))
