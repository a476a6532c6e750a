"""VK's text as people read it, without whom it mentions."""

import re
from typing import Any, Final

from services.ingest.domain.redaction.marks import MARKS, PersonalData

_PERSON: Final = re.compile(
    r"\[(?:id\d{1,15}|@[\w.]{1,40})(?::[^|\]]{0,40})?\|[^\]]*\]"
)
_COMMUNITY: Final = re.compile(
    r"\[(?:club|public|event)\d{1,15}(?::[^|\]]{0,40})?\|([^\]]*)\]"
)
_LINK: Final = re.compile(r"\[(https?://[^\s|\]]{1,2000})\|([^\]]*)\]")
_PLACED_TAG: Final = re.compile(r"(#[\w]{1,100})@[\w.]{1,40}")
_MARK: Final = MARKS[PersonalData.PROFILE]


def plain(text: str) -> str:
    """Take VK's markup off: communities keep their names, people lose theirs."""
    text = without_people(text)
    text = _COMMUNITY.sub(r"\1", text)
    text = _LINK.sub(_words_and_address, text)
    return _PLACED_TAG.sub(r"\1", text)


def without_people(text: str) -> str:
    """Replace mentions of people by the mark that redaction uses for profiles."""
    return _PERSON.sub(_MARK, text) if "|" in text else text


def _words_and_address(link: re.Match[str]) -> str:
    return f"{link[2]} ({link[1]})" if link[2] and link[2] != link[1] else link[1]


def scrubbed(value: Any) -> Any:  # noqa: ANN401 -- any JSON value
    """Copy a payload with no mention of a person in any of its strings."""
    if isinstance(value, str):
        return without_people(value)
    if isinstance(value, dict):
        return {name: scrubbed(each) for name, each in value.items()}
    if isinstance(value, list):
        return [scrubbed(each) for each in value]
    return value
