"""Takes the name out of a greeting: answers to residents begin with it."""

import re
from collections.abc import Callable
from typing import Final

from services.ingest.domain.redaction import MARKS, PersonalData

_GREETING: Final = (
    r"(?:здравствуйте|здравствуй|приветствуем|приветствую|уважаем(?:ый|ая|ые)"
    r"|добр(?:ый\s+день|ый\s+вечер|ое\s+утро|ого\s+(?:дня|вечера|времени\s+суток)))"
)
_NAME: Final = r"(?P<name>(?-i:[А-ЯЁ][а-яё]+))(?!\w)"
_BEFORE: Final = re.compile(rf"{_NAME}(?=\s*,\s*{_GREETING})", re.IGNORECASE)
_AFTER: Final = re.compile(
    rf"{_GREETING}[\s,]+(?:уважаем(?:ый|ая|ые)\s+)?{_NAME}", re.IGNORECASE
)


def without_greeted_name(text: str, name_kind: Callable[[str], str | None]) -> str:
    """Replace a first name that stands alone beside a greeting."""

    def marked(found: re.Match[str]) -> str:
        name = found["name"]
        if name_kind(name) != "name":
            return found[0]
        start = found.start("name") - found.start()
        rest = found[0][start + len(name) :]
        return f"{found[0][:start]}{MARKS[PersonalData.NAME]}{rest}"

    return _AFTER.sub(marked, _BEFORE.sub(marked, text))
