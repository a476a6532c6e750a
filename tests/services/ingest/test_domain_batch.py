"""Reading the body of one push call."""

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain.batch import (
    Batch,
    BatchError,
    BatchMalformed,
    BatchTooLarge,
    BatchTooLong,
    PostLine,
    RejectedLine,
    parse_batch,
)
from tests.services.ingest.incoming import NOW, incoming, post_object
from tests.services.ingest.pace import limit, seconds_of

NDJSON = "application/x-ndjson"
JSON = "application/json; charset=utf-8"


def lines(*objects: object) -> bytes:
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in objects).encode()


def read(body: bytes, content_type: str | None = NDJSON) -> Batch:
    return parse_batch(body, content_type, now=NOW)


def ids(batch: Batch) -> list[tuple[int, str]]:
    return [(entry.line, entry.post.external_id) for entry in batch.posts]


TWO = [post_object(external_id="A"), post_object(external_id="B")]
READ_TWO = Batch(
    posts=(
        PostLine(1, incoming(external_id="A")),
        PostLine(2, incoming(external_id="B")),
    ),
    earlier=(),
    duplicates=0,
    rejected=(),
)


@pytest.mark.parametrize("content_type", [NDJSON, JSON, "text/plain", None, ""])
@pytest.mark.parametrize(
    "body",
    [
        lines(*TWO),
        lines(*TWO) + b"\n",
        b"\xef\xbb\xbf" + lines(*TWO),
        lines(*TWO).replace(b"\n", b"\r\n"),
        json.dumps(TWO).encode(),
        json.dumps(TWO, indent=2).encode(),
        b"\xef\xbb\xbf \n" + json.dumps(TWO).encode(),
    ],
)
def test_every_form_is_recognised_under_every_type(
    body: bytes, content_type: str | None
) -> None:
    assert read(body, content_type) == READ_TWO


@pytest.mark.parametrize("content_type", [NDJSON, JSON, None])
@pytest.mark.parametrize("indent", [None, 1])
def test_single_object_is_a_batch_of_one(
    content_type: str | None, indent: int | None
) -> None:
    body = json.dumps(post_object(), indent=indent).encode()

    assert read(body, content_type).posts == (PostLine(1, incoming()),)


def test_blank_lines_are_counted_but_not_read() -> None:
    body = b"\n  \r\n" + lines(TWO[0]) + b"\n\n" + lines(TWO[1]) + b"\n \n"

    assert ids(read(body)) == [(3, "A"), (5, "B")]


def test_one_bad_line_never_loses_the_others() -> None:
    good = lines(*TWO).split(b"\n")
    bad = {
        b'{"broken": ': "line: is not valid JSON: Expecting value",
        b"[1]": "post: must be a JSON object, not an array",
        b"NaN": "post: must be a JSON object, not an object",
        b'{"text": "\xff"}': "line: is not valid UTF-8",
        b'{"a":' * 5000: "line: is nested too deeply",
        b'{"source": "s"}': "external_id: is missing",
        lines(post_object(text="x" * 1_000_000)): (
            "text: must not be longer than 100,000 characters"
        ),
        lines(post_object()).replace(b"A-1", b"\\ud800"): (
            "external_id: must not contain control or invisible characters"
        ),
        lines(post_object()).replace("Яма".encode(), b"\\u0000"): (
            "text: must not contain NUL characters"
        ),
    }

    batch = read(b"\n".join([good[0], *bad, good[1]]))

    assert ids(batch) == [(1, "A"), (len(bad) + 2, "B")]
    assert batch.rejected == tuple(
        RejectedLine(line, reason) for line, reason in enumerate(bad.values(), 2)
    )


def test_bad_element_of_an_array_never_loses_the_others() -> None:
    broken_utf8 = lines(post_object()).replace("Яма".encode(), b"\xd0")
    elements = [
        lines(TWO[0]),
        b"7",
        broken_utf8,
        lines(post_object(kind="x")),
        lines(TWO[1]),
    ]

    batch = read(b"[" + b",".join(elements) + b"]", JSON)

    assert ids(batch) == [(1, "A"), (5, "B")]
    assert batch.rejected == (
        RejectedLine(2, "post: must be a JSON object, not a number"),
        RejectedLine(3, "text: must not contain lone surrogates or invalid UTF-8"),
        RejectedLine(4, "kind: must be one of post, comment"),
    )


@pytest.mark.parametrize("wrap", [b"%b", b"[%b]"])
@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        (b"views", b"NaN", "metrics.views: must be a whole number, not an object"),
        (b"views", b"Infinity", "metrics.views: must be a whole number, not an object"),
        (b"views", b"1e999", "metrics.views: must be a whole number, not a number"),
        (
            b"views",
            b"9" * 100_000,
            "metrics.views: must be a whole number, not an object",
        ),
        (
            b"views",
            b"9" * 30,
            "metrics.views: must be between 0 and 9223372036854775807",
        ),
        (b"unknown", b"NaN", None),
        (b"unknown", b"-" + b"9" * 100_000, None),
        (b"unknown", b'"\\udc00"', None),
    ],
)
def test_strange_numbers_hurt_only_the_field_that_takes_them(
    wrap: bytes, field: bytes, value: bytes, reason: str | None
) -> None:
    body = wrap % lines(post_object(metrics={"views": 0})).replace(
        b'"views": 0', b'"%b": %b' % (field, value)
    )

    batch = read(body, JSON)

    assert [entry.reason for entry in batch.rejected] == ([reason] if reason else [])
    assert len(batch.posts) == (0 if reason else 1)


def test_the_last_of_two_equal_keys_counts() -> None:
    body = b'{"text": 5, ' + lines(post_object()).removeprefix(b"{")

    assert read(body).posts == (PostLine(1, incoming()),)


def test_sample_of_the_documentation_is_read(samples: Path) -> None:
    batch = read((samples / "webhook" / "batch.ndjson").read_bytes())

    assert (len(batch.posts), batch.duplicates) == (2, 1)
    assert [entry.line for entry in batch.rejected] == [4]


def version(text: str, edited: str | None = None) -> dict[str, object]:
    return post_object(text=text, edited_at=edited and f"2025-11-11T{edited}:00Z")


@pytest.mark.parametrize(
    ("sent", "kept", "earlier", "duplicates"),
    [
        ([version("а"), version("а")], (1, "а"), [], 1),
        ([version("а"), version("б")], (2, "б"), [(1, "а")], 0),
        ([version("а"), version("б", "12:00")], (2, "б"), [(1, "а")], 0),
        ([version("б", "12:00"), version("а")], (1, "б"), [], 1),
        ([version("а", "12:00"), version("а", "13:00")], (2, "а"), [], 1),
        (
            [version("а", "12:00"), version("в", "14:00"), version("б", "13:00")],
            (2, "в"),
            [(1, "а")],
            1,
        ),
        (
            [version("а"), version("", "12:00") | {"deleted": True}, version("а")],
            (2, ""),
            [(1, "а")],
            1,
        ),
    ],
)
def test_versions_within_a_batch_are_played_in_order(
    sent: list[dict[str, object]],
    kept: tuple[int, str],
    earlier: list[tuple[int, str]],
    duplicates: int,
) -> None:
    noise = post_object(external_id="B")

    batch = read(lines(*sent, noise))

    assert [(entry.line, entry.post.text) for entry in batch.posts] == [
        kept,
        (len(sent) + 1, "Яма на Садовой, 5"),
    ]
    assert [(entry.line, entry.post.text) for entry in batch.earlier] == earlier
    assert batch.duplicates == duplicates


def test_same_id_in_another_source_or_network_is_another_post() -> None:
    sent = [post_object(), post_object(source="other"), post_object(network="vk")]

    assert len(read(lines(*sent)).posts) == 3


@pytest.mark.parametrize(
    ("body", "content_type", "message"),
    [
        (b"", NDJSON, "the body is empty"),
        (b" \n\xef\xbb\xbf"[:2], JSON, "the body is empty"),
        ("[]".encode("utf-16"), JSON, "the body must be UTF-8, it looks like UTF-16"),
        (b"7", JSON, "the body must be a JSON array, a JSON object or NDJSON"),
        (b'"x"', None, "the body must be a JSON array, a JSON object or NDJSON"),
        (b"<a/>", None, "the body must be a JSON array, a JSON object or NDJSON"),
        (
            b'[{"a": 1},\n {"b": }]',
            JSON,
            "invalid JSON at line 2, column 8 (character 18): Expecting value",
        ),
        (
            b"[1] [2]",
            None,
            "invalid JSON at line 1, column 5 (character 4): Extra data",
        ),
        (b'{"a":\n', JSON, None),
        (b"[" * 100_000, JSON, "the JSON is nested too deeply"),
    ],
)
def test_body_that_can_not_be_read_is_one_clear_error(
    body: bytes, content_type: str | None, message: str | None
) -> None:
    expected = re.escape(message) if message else "^invalid JSON at line "
    with pytest.raises(BatchMalformed, match=expected):
        read(body, content_type)


def test_line_of_ndjson_that_looks_like_an_array_does_not_lose_the_others() -> None:
    batch = read(b"[1,\n" + lines(TWO[0]))

    assert ids(batch) == [(2, "A")]
    assert [entry.line for entry in batch.rejected] == [1]


def test_announced_lines_are_lines_whatever_they_hold() -> None:
    assert [entry.line for entry in read(b'7\n"x"').rejected] == [1, 2]
    assert [entry.line for entry in read(b"7").rejected] == [1]


def test_typical_posts_are_read_fast() -> None:
    posts = [post_object(external_id=f"A-{n}", text="Яма. " * 54) for n in range(2000)]
    body = lines(*posts)

    taken = seconds_of(lambda: read(body), times=3)

    assert taken < limit(2000 / 30_000)


def test_broken_first_line_without_a_type_does_not_lose_the_others() -> None:
    batch = read(b'{"broken":\n' + lines(TWO[0]), None)

    assert ids(batch) == [(2, "A")]


def test_empty_array_is_no_error() -> None:
    assert read(b"[]", JSON) == Batch((), (), 0, ())


def test_limits_hold_for_the_whole_call() -> None:
    just_fits = b" " * (5_000_000 - 2) + b"[]"

    assert read(just_fits, JSON).posts == ()
    with pytest.raises(BatchTooLarge, match="larger than 5,000,000 bytes"):
        read(just_fits + b" ", JSON)


@pytest.mark.parametrize("content_type", [NDJSON, JSON])
def test_ten_thousand_posts_are_the_most(content_type: str) -> None:
    one = [b"{}"] * 10_000
    glue = b"\n" if content_type == NDJSON else b","
    frame = b"%b" if content_type == NDJSON else b"[%b]"

    assert len(read(frame % glue.join(one), content_type).rejected) == 10_000
    with pytest.raises(BatchTooLong, match="more than 10,000 posts"):
        read(frame % glue.join([*one, b"{}"]), content_type)


PIECES = st.sampled_from([*lines(*TWO).split(b"\n"), b'{"a":', b"[", b"]", b",", b"7"])


@given(
    st.lists(PIECES | st.binary(max_size=20), max_size=8),
    st.sampled_from([b"\n", b",", b"\r\n", b""]),
    st.sampled_from([NDJSON, JSON, None]),
)
def test_any_bytes_are_read_or_refused_and_every_line_is_counted(
    pieces: list[bytes], glue: bytes, content_type: str | None
) -> None:
    body = glue.join(pieces)
    batch: Batch | None = None

    with suppress(BatchError):
        batch = read(body, content_type)

    assert batch is None or counted(batch) <= len(pieces) + body.count(b"\n") + 1


def counted(batch: Batch) -> int:
    taken = len(batch.posts) + len(batch.earlier) + batch.duplicates
    return taken + len(batch.rejected)
