"""What went well or wrong with the last action, in words for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from web.clients import ApiError
from web.languages import N_, Language

_SERVER = 500


@dataclass(frozen=True, slots=True)
class Notice:
    """A message above a form; `fields` says which inputs it is about."""

    hue: str
    icon: str
    title: str
    text: str = ""
    detail: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


_REFUSALS: Mapping[int, tuple[str, str]] = {
    403: (
        N_("Your role may not do this"),
        N_("What you entered is still here. Ask a colleague who has the right."),
    ),
    404: (
        N_("This is no longer here"),
        N_("It was moved or merged meanwhile. Copy your text and reload the page."),
    ),
    409: (
        N_("The case has moved on meanwhile"),
        N_(
            "Somebody took a step that rules this one out. What you entered is "
            "still here; reload the page to see the present state."
        ),
    ),
    412: (
        N_("Somebody changed this while you were working"),
        N_(
            "Nothing of theirs was overwritten, and what you entered is still here. "
            "Look at the change in another window, then send again."
        ),
    ),
    422: (
        N_("Something is missing or does not fit"),
        N_("Fix the marked fields and send again; everything else is kept."),
    ),
}
_NO_ANSWER = (
    N_("The service does not answer"),
    N_("Nothing was saved, but what you entered is still here. Try again in a minute."),
)


_CHECK = N_("Check this field.")
_ADVICE: Mapping[str, str] = {
    "expires_on": N_("Choose a day from today to a year from now."),
}
"""What a field wants that people often get wrong."""


def done(language: Language, text: str, **values: object) -> Notice:
    """Say that an action succeeded."""
    return Notice("ok", "circle-check", language.say(text, **values))


def refused(error: ApiError, language: Language) -> Notice:
    """Say why a service did not do what was asked, and what was kept."""
    title, text = _REFUSALS.get(error.status, _NO_ANSWER)
    wrong = [one.field.rsplit(".", 1)[-1] for one in error.problem.errors]
    marked = {name: language.say(_ADVICE.get(name, _CHECK)) for name in wrong}
    told = "; ".join(f"{one.field}: {one.message}" for one in error.problem.errors) or (
        error.problem.detail if error.status < _SERVER else ""
    )
    return Notice(
        "danger" if error.status not in {409, 412} else "warn",
        "alert-triangle",
        language.say(title),
        language.say(text),
        told,
        marked,
    )


def taken(language: Language, text: str) -> Notice:
    """Say that there is such a thing already; what was entered is still here."""
    return Notice(
        "warn",
        "alert-triangle",
        language.say(text),
        language.say("Nothing was changed, and what you entered is still here."),
    )


def incomplete(language: Language, fields: Mapping[str, str]) -> Notice:
    """Say which required fields are empty, before any service is asked."""
    title, text = _REFUSALS[422]
    return Notice(
        "danger",
        "alert-triangle",
        language.say(title),
        language.say(text),
        fields={name: language.say(message) for name, message in fields.items()},
    )
