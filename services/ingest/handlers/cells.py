"""What may be shown of a file: its texts and addresses without what names people."""

from services.ingest.domain.addresses import parted
from services.ingest.domain.greetings import without_greeted_name
from services.ingest.domain.redaction.marks import MARKS, PersonalData
from services.ingest.handlers.receive import redacted
from shared import russian


def redacted_text(text: str) -> str:
    """Take personal data and the greeted name out of a text."""
    return redacted(without_greeted_name(text, russian.name_kind)).text


def redacted_cell(text: str) -> str:
    """Do so in a cell that may be an address, too, with its scheme or without.

    An address that names a person is kept beside the post alone, sealed.
    """
    url = text.strip() if "//" in text else f"https://{text.strip()}"
    address = parted(url)
    if address.sealed:
        return MARKS[PersonalData.PROFILE]
    return redacted_text(text if address.open == url else address.open or text)
