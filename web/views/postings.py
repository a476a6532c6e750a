"""How the publication of a reply stands, in words, and what a person can do."""

from dataclasses import dataclass

from web import words
from web.formats import Formats, Moment
from web.languages import N_
from web.shapes.triage import Incident
from web.views.candidates import web_address

_WHAT_NOW = {
    "draft": N_("Take it back, then send the new text for approval."),
    "approved": N_("Nothing to do: Otklik sends it as soon as the page lets it."),
    "sending": N_("Nothing to do: Otklik is sending the reply."),
    "unknown": N_(
        "The reply may be public. Otklik reads the thread and looks for it; it does "
        "not send it a second time by itself."
    ),
}
_LOOK_YOURSELF = N_(
    "Otklik has not found the reply under the post. Open the post and look: is it "
    "there? Then say what you have seen."
)


@dataclass(frozen=True, slots=True)
class Posting:
    """The last attempt to publish the latest reply."""

    state: words.Label
    page: str
    asked_by: str
    asked: Moment | None
    why: str
    said: str
    what_now: str
    due: Moment | None
    link: str | None
    sent: Moment | None
    settled_by: str
    needs_look: bool


def last_posting(incident: Incident, show: Formats) -> Posting | None:
    """Tell of the last attempt, unless the reply was given up or written anew."""
    if not incident.postings or not incident.replies:
        return None
    last = incident.postings[-1]
    if last.reply_id and last.reply_id != incident.replies[-1].id:
        return None
    why = words.label(words.OBSTACLES, last.obstacle, show.language)
    state = words.label(words.POSTING_STATES, last.state, show.language)
    is_left = last.state == "unknown" and last.due_at is None
    what_now = _LOOK_YOURSELF if is_left else _WHAT_NOW.get(last.state, "")
    return Posting(
        state=state or words.Label(last.state),
        page=last.page_name,
        asked_by=last.asked_by or "",
        asked=show.moment(last.asked_at) if last.asked_at else None,
        why=why.text if why else "",
        said=last.message or "",
        what_now=show.language.say(what_now) if what_now else "",
        due=show.coming(last.due_at) if last.due_at else None,
        link=web_address(last.link),
        sent=show.moment(last.sent_at) if last.sent_at else None,
        settled_by=last.settled_by or "",
        needs_look=last.state == "unknown",
    )
