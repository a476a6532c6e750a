"""Static files, read once into memory and served under one content-hash address.

The hash covers the whole tree, so a font named by a stylesheet changes its address
together with everything else and may be cached for a year.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent / "static"
BUNDLE = "css/desk.css"
_COMPRESSED = {".css", ".js", ".svg"}
_YEAR = "public, max-age=31536000, immutable"
_BRIEF = "public, max-age=60"
_TYPES = {".woff2": "font/woff2", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it goes out, plain and compressed."""

    body: bytes
    packed: bytes | None
    media_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All static files and the hash of all of them."""

    files: dict[str, Asset]
    digest: str

    @classmethod
    def load(cls, root: Path = STATIC) -> Self:
        """Read the tree; the stylesheets of `css/` are joined in name order."""
        bodies = {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file()
        }
        sheets = [name for name in bodies if name.startswith("css/")]
        bodies[BUNDLE] = b"\n".join(bodies.pop(name) for name in sheets)
        digest = hashlib.sha256()
        for name, body in sorted(bodies.items()):
            digest.update(name.encode() + b"\0" + body)
        files = {name: _asset(name, body) for name, body in bodies.items()}
        return cls(files=files, digest=digest.hexdigest()[:12])

    def url(self, name: str) -> str:
        """Address a file that exists; a wrong name fails where it is written."""
        if name not in self.files:
            raise KeyError(f"no static file {name}")
        return f"/static/{self.digest}/{name}"

    def answer(self, request: Request, digest: str, name: str) -> Response | None:
        """Serve a file; an old page's hash still gets the file, kept only briefly."""
        asset = self.files.get(name)
        if asset is None:
            return None
        headers = {
            "Cache-Control": _YEAR if digest == self.digest else _BRIEF,
            "Vary": "Accept-Encoding",
        }
        body = asset.body
        if asset.packed and "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = asset.packed
        return Response(body, media_type=asset.media_type, headers=headers)


def _asset(name: str, body: bytes) -> Asset:
    suffix = Path(name).suffix
    guessed = _TYPES.get(suffix) or mimetypes.guess_type(name)[0]
    packed = gzip.compress(body, 6, mtime=0) if suffix in _COMPRESSED else None
    return Asset(body, packed, guessed or "application/octet-stream")
