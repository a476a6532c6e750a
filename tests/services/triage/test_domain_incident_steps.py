"""The steps of an incident: what each asks for, changes and refuses."""

from dataclasses import replace
from datetime import date

import pytest

from services.triage.domain.fields import Details, Outcome
from services.triage.domain.incident import IncidentState, advance
from services.triage.domain.refusals import (
    Fault,
    FieldsMissing,
    NamedPersonRequired,
    NotAllowedNow,
    OwnText,
    Refusal,
    RoleMissing,
    as_error,
)
from services.triage.domain.states import Action, Field, Status
from shared import errors
from shared.identity.principal import SYSTEM, Role
from tests.services.triage.incidents import (
    AUTHOR,
    ENOUGH,
    OTHER,
    TODAY,
    incident,
    outcome,
    person,
)


def test_road_of_one_answer() -> None:
    executor = person(Role.EXECUTOR, uid=AUTHOR)
    approver, desk = person(Role.APPROVER), person(Role.MODERATOR)
    state: IncidentState | Refusal = IncidentState(status=Status.NEW)
    seen = []

    for action, who in [
        (Action.ASSIGN, desk),
        (Action.DRAFT, executor),
        (Action.SUBMIT, executor),
        (Action.RETURN, approver),
        (Action.SUBMIT, executor),
        (Action.APPROVE, approver),
        (Action.PUBLISH, executor),
        (Action.MARK_PUBLISHED, SYSTEM),
        (Action.CLOSE, desk),
        (Action.REOPEN, desk),
    ]:
        assert isinstance(state, IncidentState)
        state = advance(state, action, who, ENOUGH, today=TODAY)
        assert isinstance(state, IncidentState)
        seen.append((state.status, state.text_version, state.approved_version))

    assert seen == [
        ("assigned", 0, None),
        ("drafting", 1, None),
        ("awaiting_approval", 2, None),
        ("returned", 2, None),
        ("awaiting_approval", 3, None),
        ("approved", 3, 3),
        ("publishing", 3, 3),
        ("published", 0, None),
        ("closed", 0, None),
        ("assigned", 0, None),
    ]


def test_change_of_an_approved_text_drops_the_approval() -> None:
    approved = incident(Status.APPROVED)

    drafted = advance(
        approved, Action.DRAFT, person(Role.MODERATOR), ENOUGH, today=TODAY
    )

    assert drafted == IncidentState(
        status=Status.DRAFTING,
        authority="roads",
        text_version=4,
        text_author=OTHER,
        approved_version=None,
    )


@pytest.mark.parametrize("action", [Action.PUBLISH, Action.PUBLISH_BY_HAND])
@pytest.mark.parametrize("approved_version", [None, 2])
def test_text_that_changed_after_approval_is_not_published(
    action: Action, approved_version: int | None
) -> None:
    changed = replace(incident(Status.APPROVED), approved_version=approved_version)

    done = advance(changed, action, person(Role.MODERATOR), ENOUGH, today=TODAY)

    assert done == NotAllowedNow((Action.DRAFT, Action.WITHDRAW))


def test_submit_takes_the_draft_that_is_there() -> None:
    drafting = incident(Status.DRAFTING, approved=False)
    empty = replace(drafting, text_version=0)
    who = person(Role.EXECUTOR)

    assert advance(drafting, Action.SUBMIT, who, today=TODAY) == replace(
        drafting, status=Status.AWAITING_APPROVAL
    )
    assert advance(empty, Action.SUBMIT, who, today=TODAY) == FieldsMissing(
        ((Field.TEXT, Fault.REQUIRED),)
    )
    assert advance(
        drafting, Action.SUBMIT, who, Details(text=" "), today=TODAY
    ) == FieldsMissing(((Field.TEXT, Fault.REQUIRED),))


@pytest.mark.parametrize(
    ("status", "action", "details", "faults"),
    [
        (Status.NEW, Action.ASSIGN, Details(), [("authority", "required")]),
        (
            Status.NEW,
            Action.ASSIGN,
            Details(authority=" "),
            [("authority", "required")],
        ),
        (Status.ASSIGNED, Action.DRAFT, Details(), [("text", "required")]),
        (Status.AWAITING_APPROVAL, Action.RETURN, Details(), [("remark", "required")]),
        (Status.APPROVED, Action.PUBLISH_BY_HAND, Details(), [("link", "required")]),
        (Status.CLOSED, Action.REOPEN, Details(), [("reason", "required")]),
        (
            Status.PUBLISHED,
            Action.CLOSE,
            Details(),
            [("outcome", "required"), ("closing_reason", "required")],
        ),
        (
            Status.PUBLISHED,
            Action.CLOSE,
            replace(ENOUGH, proof=None),
            [("proof", "required")],
        ),
        (
            Status.PUBLISHED,
            Action.CLOSE,
            replace(ENOUGH, outcome=Outcome.POSTPONED),
            [("promised_on", "required")],
        ),
        (
            Status.PUBLISHED,
            Action.CLOSE,
            replace(ENOUGH, outcome=Outcome.POSTPONED, promised_on=TODAY),
            [("promised_on", "not_in_the_future")],
        ),
        (
            Status.PUBLISHED,
            Action.CLOSE,
            replace(ENOUGH, promised_on=date(2027, 1, 1)),
            [("promised_on", "not_fitting")],
        ),
    ],
)
def test_what_is_needed_is_asked_for(
    status: Status, action: Action, details: Details, faults: list[tuple[str, str]]
) -> None:
    done = advance(incident(status), action, person(Role.ADMIN), details, today=TODAY)

    assert done == FieldsMissing(tuple((Field(f), Fault(w)) for f, w in faults))


@pytest.mark.parametrize(
    "details",
    [
        replace(ENOUGH, outcome=Outcome.EXPLAINED, proof=None),
        replace(ENOUGH, outcome=Outcome.NOT_SOLVED, proof=None),
        replace(
            ENOUGH,
            outcome=Outcome.POSTPONED,
            proof=None,
            promised_on=date(2026, 3, 3),
        ),
    ],
)
def test_other_outcomes_close_without_proof(details: Details) -> None:
    done = outcome(
        incident(Status.PUBLISHED), Action.CLOSE, person(Role.ADMIN), details
    )

    assert done == "closed"


@pytest.mark.parametrize(
    ("link", "fault"),
    [
        ("https://page.example/wall?w=1", None),
        ("HTTP://страница.рф/1", None),
        ("", Fault.REQUIRED),
        ("  ", Fault.REQUIRED),
        ("page.example/1", Fault.NOT_A_LINK),
        ("ftp://page.example/1", Fault.NOT_A_LINK),
        ("javascript:alert(1)", Fault.NOT_A_LINK),
        ("https://", Fault.NOT_A_LINK),
        ("https://[", Fault.NOT_A_LINK),
        ("https://page.example/1 2", Fault.NOT_A_LINK),
        ("https://page.example/\n", Fault.NOT_A_LINK),
        ("https://page.example/\ud800", Fault.NOT_A_LINK),
    ],
)
def test_answer_published_by_hand_is_proved_by_a_link(
    link: str, fault: Fault | None
) -> None:
    done = advance(
        incident(Status.APPROVED),
        Action.PUBLISH_BY_HAND,
        person(Role.MODERATOR),
        Details(link=link),
        today=TODAY,
    )

    faults = done.faults if isinstance(done, FieldsMissing) else ()
    assert faults == (((Field.LINK, fault),) if fault else ())


def test_refusal_tells_what_may_be_done_instead() -> None:
    done = advance(
        incident(Status.DRAFTING), Action.CLOSE, person(Role.MODERATOR), today=TODAY
    )

    assert done == NotAllowedNow(
        (Action.ASSIGN, Action.DRAFT, Action.SUBMIT, Action.WITHDRAW)
    )


@pytest.mark.parametrize(
    ("refusal", "error", "told"),
    [
        (NotAllowedNow(("draft",)), errors.Conflict, "This cannot be done now."),
        (
            RoleMissing(frozenset({Role.MODERATOR, Role.ADMIN})),
            errors.Forbidden,
            "Only these may do this: admin, moderator.",
        ),
        (
            RoleMissing(frozenset()),
            errors.Forbidden,
            "Only these may do this: Otklik itself.",
        ),
        (
            NamedPersonRequired(),
            errors.NamedPersonRequired,
            "Only a named person may do this.",
        ),
        (OwnText(), errors.Forbidden, "The author of a text may not approve it."),
        (
            FieldsMissing((("link", Fault.NOT_A_LINK), ("text", Fault.REQUIRED))),
            errors.Invalid,
            "link must be a web address (http or https); text must be given.",
        ),
    ],
)
def test_refusals_become_errors(
    refusal: Refusal, error: type[errors.OtklikError], told: str
) -> None:
    found = as_error(refusal)

    assert (type(found), found.message) == (error, told)
