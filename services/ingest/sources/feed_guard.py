"""Looks over a feed before it is read: bombs, DTDs and endless nesting end here.

The reader of feeds is tolerant, and takes minutes over documents made to be slow. One
quick pass of the strict parser says which documents it may have.
"""

import re
from typing import Final
from xml.parsers import expat

from services.ingest.domain.files.encodings import decode
from services.ingest.sources.base import ErrorKind, SourceError

NO_FEED: Final = "feed:no-feed"
BROKEN: Final = "feed:broken"
_MOST_ELEMENTS: Final = 60_000
_MOST_ATTRIBUTES: Final = 100
_DEEPEST: Final = 200
# Broken documents are read too, since many feeds are a little broken; but the way to
# read them is slow, and grows faster than the document.
_LARGEST_BROKEN: Final = 500_000
_MOST_BROKEN_SIGNS: Final = 40_000

_PROLOG: Final = re.compile(
    rb"(?:\s|<\?.{0,2000}?\?>|<!--.{0,10000}?-->)*+<!(?:DOCTYPE|ENTITY)(\s+html)?",
    re.IGNORECASE | re.DOTALL,
)
_DECLARED: Final = re.compile(
    rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE
)
_TOLD: Final = re.compile(r"charset=[\"']?([\w.:-]{1,40})", re.IGNORECASE)


def utf8_of(body: bytes, content_type: str | None) -> bytes:
    """The document in UTF-8, whatever it and the server say of its letters.

    Both are often wrong. Bytes that are valid UTF-8 are UTF-8; only of others the
    document is believed first, then the server.
    """
    text, encoding = decode(body)
    if encoding == "windows-1251":
        text = _by_name(body, content_type) or text
    return text.encode("utf-8", "replace")


def _by_name(body: bytes, content_type: str | None) -> str | None:
    declared = _DECLARED.match(body)
    told = _TOLD.search(content_type or "")
    name = declared[1].decode("ascii") if declared else told[1] if told else ""
    try:
        return body.decode(name) if name else None
    except (LookupError, ValueError):
        return None


def check_document(body: bytes) -> bool:
    """Say whether a document in UTF-8 is well-formed; refuse dangerous ones."""
    _refuse_doctype(body)
    parser = expat.ParserCreate("utf-8")
    _Guard(parser)
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError):
        _refuse_large(body)
        return False
    return True


def _refuse_doctype(body: bytes) -> None:
    """A DTD can name files and grow without end; no feed of today has one."""
    found = _PROLOG.match(body[:100_000])
    if found is None:
        return
    if found[1]:
        told = "the server answered with a page, not with a feed"
        raise SourceError(told, code=NO_FEED)
    raise _has_dtd()


def _has_dtd() -> SourceError:
    return SourceError(
        "the feed has a DTD, which is not read", ErrorKind.HUMAN, code=BROKEN
    )


def _refuse_large(body: bytes) -> None:
    if len(body) > _LARGEST_BROKEN:
        raise SourceError(
            "the feed is cut off or broken, and too large to be mended", code=BROKEN
        )
    if body.count(b"<") + body.count(b"&") > _MOST_BROKEN_SIGNS:
        raise SourceError(
            "the feed is broken and has too many tags to be mended", code=BROKEN
        )


class _Guard:
    """Counts what the strict parser meets, and stops it at too much of anything."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.depth = 0
        self.elements = 0
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.StartDoctypeDeclHandler = self.doctype

    def start(self, _name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > _DEEPEST:
            raise SourceError("the feed is nested too deeply", code=BROKEN)
        if self.elements > _MOST_ELEMENTS:
            raise SourceError(
                f"the feed has more than {_MOST_ELEMENTS:,} elements", code=BROKEN
            )
        if len(attributes) > _MOST_ATTRIBUTES:
            raise SourceError(
                "an element of the feed has too many attributes", code=BROKEN
            )

    def end(self, _name: str) -> None:
        self.depth -= 1

    def doctype(self, *_: object) -> None:
        raise _has_dtd()
