"""The steps of an incident as forms: what each asks for and what it says when done."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from web.languages import N_


@dataclass(frozen=True, slots=True)
class Step:
    """One transition: its fields, the ones it cannot go without, its good word."""

    done: str
    fields: tuple[str, ...] = ()
    needed: Mapping[str, str] = field(default_factory=dict)
    path: str = ""


_NEED_TEXT = {"text": N_("Write the reply.")}

STEPS: Mapping[str, Step] = {
    "assign": Step(
        N_("The authority is assigned"),
        ("authority",),
        {"authority": N_("Choose an authority.")},
    ),
    "draft": Step(N_("The draft is saved"), ("text",), _NEED_TEXT),
    "submit": Step(N_("The reply is sent for approval"), ("text",), _NEED_TEXT),
    "return": Step(
        N_("The reply is returned with your remark"),
        ("remark",),
        {"remark": N_("Say what must change.")},
    ),
    "approve": Step(N_("The reply is approved")),
    "publish": Step(N_("The reply goes out"), ("via", "further")),
    "found": Step(
        N_("The reply is published; its link is kept"),
        ("link",),
        {"link": N_("Paste the link to the published reply.")},
    ),
    "send_again": Step(
        N_("The reply is sent once more"),
        ("looked",),
        {"looked": N_("Open the post first and say that the reply is not there.")},
        path="send-again",
    ),
    "take_back": Step(
        N_("The publication is taken back"), ("looked",), path="take-back"
    ),
    "mark_published": Step(
        N_("The reply is marked as published"),
        ("via", "link"),
        {"link": N_("Paste the link to the published reply.")},
        path="publish",
    ),
    "close": Step(
        N_("The incident is closed"),
        ("outcome", "closing_reason", "kind", "promised_on", "proof"),
        {
            "outcome": N_("Choose the outcome."),
            "closing_reason": N_("Choose the closing reason."),
        },
    ),
    "withdraw": Step(
        N_("The incident is withdrawn"),
        ("mistake", "reason", "incident_id"),
        {
            "mistake": N_("Choose what the mistake was."),
            "reason": N_("Say why the incident should not have been opened."),
        },
    ),
    "reopen": Step(
        N_("The incident is open again"),
        ("reason",),
        {"reason": N_("Say why it is opened again.")},
    ),
}


# What a person states by ticking a box.
_STATEMENTS = frozenset({"further", "looked"})


def lacking(step: Step, entered: Mapping[str, str]) -> dict[str, str]:
    """List the required fields that are empty, each with what to do."""
    missing = {
        name: text for name, text in step.needed.items() if not entered.get(name)
    }
    if entered.get("outcome") == "postponed" and not entered.get("promised_on"):
        missing["promised_on"] = N_("Give the promised date.")
    if entered.get("outcome") == "solved" and not entered.get("proof"):
        missing["proof"] = N_("Say what proves that it is solved.")
    if entered.get("mistake") == "duplicate" and not entered.get("incident_id"):
        missing["incident_id"] = N_("Name the incident that is repeated.")
    return missing


def body(name: str, step: Step, entered: Mapping[str, str]) -> dict[str, object]:
    """Collect what the API is sent."""
    sent: dict[str, object] = {key: entered.get(key) for key in step.fields}
    if entered.get("outcome") != "postponed":
        sent.pop("promised_on", None)
    for statement in _STATEMENTS.intersection(sent):
        sent[statement] = entered.get(statement) == "true"
    if "incident_id" in sent:
        # People paste the address of the other incident's page.
        address = (entered.get("incident_id") or "").rstrip("/")
        sent["incident_id"] = address.rpartition("/")[2]
    if entered.get("mistake") != "duplicate":
        sent.pop("incident_id", None)
    if name == "publish":
        sent["via"] = "page"
    if name == "mark_published":
        sent["via"] = "hand"
    return sent
