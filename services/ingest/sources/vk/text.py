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
# What a resident attaches is theirs: its address has their number in it.
_OF_A_PERSON: Final = re.compile(
    r"(?<=[/=?&])(id|albums?|audios?|clip|doc|photos?|story|u|video|wall|oid=)\d+"
)
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
    """Copy a payload with no mention of a person, and nothing that is a person's."""
    if isinstance(value, str):
        is_address = value.startswith("http")
        return _OF_A_PERSON.sub(r"\1…", value) if is_address else without_people(value)
    if isinstance(value, dict):
        return {
            name: scrubbed(each)
            for name, each in value.items()
            if not _is_owner(name, each)
        }
    if isinstance(value, list):
        return [scrubbed(each) for each in value]
    return value


def _is_owner(name: str, value: object) -> bool:
    """Say whether a field names the person something belongs to."""
    return name.endswith("owner_id") and isinstance(value, int) and value > 0
