"""Gettext catalogues: extract, update, load.

`python -m web.catalogue` extracts every text and updates the `.po` files, the only
form kept in the repository: they are compiled in memory at start, which takes a few
hundredths of a second and leaves no binary that could go stale.
"""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import Translations

from shared.logs import log

ROOT = Path(__file__).parent
LOCALE = ROOT / "locale"
DOMAIN = "otklik"
CODES = ("ru", "en")
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_METHODS = [("static/**", "ignore"), ("**.py", "python"), ("**.html", "jinja2")]
_OPTIONS = {"**.html": {"trimmed": "true", "silent": "false"}}
_KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "say": None,
    "count": (1, 2),
}


def po_path(code: str) -> Path:
    """Locate the catalogue of one language."""
    return LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def extract() -> Catalog:
    """Collect every text the pages use, as written in code and templates."""
    found = Catalog(project="Otklik", charset="utf-8", fuzzy=False)
    for path, line, message, comments, context in _extracted():
        found.add(
            message,
            locations=[(f"web/{path}", line)],
            auto_comments=comments,
            context=context,
        )
    return found


def read(code: str) -> Catalog:
    """Read one language's catalogue."""
    with po_path(code).open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN)


def load(code: str) -> Translations:
    """Compile one language in memory."""
    packed = io.BytesIO()
    write_mo(packed, read(code))
    packed.seek(0)
    return Translations(packed, domain=DOMAIN)


def update(code: str) -> Catalog:
    """Bring one language up to date with the code; obsolete texts go."""
    path = po_path(code)
    catalogue = read(code) if path.exists() else Catalog(locale=code, domain=DOMAIN)
    catalogue.update(extract(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    _sign(catalogue)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=88, sort_output=True, include_lineno=False)
    return catalogue


def _sign(catalogue: Catalog) -> None:
    """Write a header that stays the same from one update to the next."""
    catalogue.header_comment = (
        f"# Texts of Otklik's pages: {catalogue.locale_identifier}"
    )
    catalogue.project, catalogue.version = "Otklik", "1"
    catalogue.msgid_bugs_address = ""
    catalogue.last_translator = ""
    catalogue.creation_date = catalogue.revision_date = _EPOCH
    catalogue.fuzzy = False


def missing(catalogue: Catalog) -> list[str]:
    """List the texts that a catalogue lacks, plural forms included."""
    return [
        str(message.id)
        for message in catalogue
        if message.id
        and not all(
            message.string if isinstance(message.string, tuple) else (message.string,)
        )
    ]


def _extracted() -> Iterator[
    tuple[str, int, str | tuple[str, ...], list[str], str | None]
]:
    yield from extract_from_dir(
        ROOT, _METHODS, _OPTIONS, _KEYWORDS, comment_tags=("Translators:",)
    )


def main() -> None:
    """Update both languages and name what still has to be translated."""
    for code in CODES:
        lacking = missing(update(code))
        log.info("catalogue.updated", language=code, missing=lacking)


if __name__ == "__main__":
    main()
