"""The life of an incident: the whole table, and the rules beside it."""

from dataclasses import replace
from datetime import date
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.fields import ClosingReason, Details, Mistake, Outcome
from services.triage.domain.incident import IncidentState, Policy, advance, allowed
from services.triage.domain.posting import PostingState
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
from services.triage.domain.states import (
    HOLDERS,
    TRANSITIONS,
    Action,
    Field,
    Holder,
    Status,
)
from shared import errors
from shared.identity.principal import SYSTEM, Kind, Principal, Role

TODAY = date(2026, 3, 2)
AUTHOR, OTHER = UUID(int=1), UUID(int=2)

ENOUGH = Details(
    authority="roads",
    text="Яму засыпали.",
    remark="Назовите срок.",
    link="https://page.example/1",
    outcome=Outcome.SOLVED,
    closing_reason=ClosingReason.DONE,
    proof="Акт 12",
    reason="Яма снова здесь.",
    looked=True,
    mistake=Mistake.NOT_A_COMPLAINT,
)

# Who may do what, as the issue tells it; read against TRANSITIONS, not from it.
WRITERS = {Role.ADMIN, Role.MODERATOR, Role.EXECUTOR}
MAY = {
    Action.ASSIGN: {Role.ADMIN, Role.MODERATOR},
    Action.DRAFT: WRITERS,
    Action.SUBMIT: WRITERS,
    Action.RETURN: {Role.ADMIN, Role.APPROVER},
    Action.APPROVE: {Role.ADMIN, Role.APPROVER},
    Action.PUBLISH: WRITERS | {Role.APPROVER},
    Action.PUBLISH_BY_HAND: WRITERS | {Role.APPROVER},
    Action.MARK_PUBLISHED: set(),
    Action.MARK_FAILED: set(),
    Action.MARK_STALE: set(),
    Action.FOUND: {Role.ADMIN, Role.MODERATOR, Role.APPROVER},
    Action.SEND_AGAIN: {Role.ADMIN, Role.MODERATOR, Role.APPROVER},
    Action.TAKE_BACK: {Role.ADMIN, Role.MODERATOR, Role.APPROVER},
    Action.CLOSE: {Role.ADMIN, Role.MODERATOR},
    Action.REOPEN: {Role.ADMIN, Role.MODERATOR},
    Action.WITHDRAW: {Role.ADMIN, Role.MODERATOR},
}
LEADS = {
    "new assign": "assigned",
    "assigned assign": "assigned",
    "assigned draft": "drafting",
    "assigned submit": "awaiting_approval",
    "drafting assign": "assigned",
    "drafting draft": "drafting",
    "drafting submit": "awaiting_approval",
    "awaiting_approval draft": "drafting",
    "awaiting_approval return": "returned",
    "awaiting_approval approve": "approved",
    "returned assign": "assigned",
    "returned draft": "drafting",
    "returned submit": "awaiting_approval",
    "approved draft": "drafting",
    "approved return": "returned",
    "approved publish": "publishing",
    "approved publish_by_hand": "published",
    "publishing mark_published": "published",
    "publishing mark_failed": "approved",
    "publishing mark_stale": "awaiting_approval",
    "publishing found": "published",
    "publishing send_again": "publishing",
    "publishing take_back": "approved",
    "published draft": "drafting",
    "published close": "closed",
    "closed reopen": "assigned",
    "new withdraw": "withdrawn",
    "assigned withdraw": "withdrawn",
    "drafting withdraw": "withdrawn",
    "awaiting_approval withdraw": "withdrawn",
    "returned withdraw": "withdrawn",
    "approved withdraw": "withdrawn",
}


def person(*roles: Role, uid: UUID = OTHER, authority: str = "roads") -> Principal:
    return Principal(
        kind=Kind.PERSON,
        id=uid,
        name="Вера",
        region_id=1,
        region_code="demo",
        roles=frozenset(roles),
        authority=authority,
        named_person=True,
    )


def incident(status: Status, *, approved: bool = True) -> IncidentState:
    return IncidentState(
        status=status,
        authority="roads",
        text_version=3,
        text_author=AUTHOR,
        approved_version=3 if approved else None,
        posting=PostingState.UNKNOWN if status is Status.PUBLISHING else None,
    )


def outcome(
    state: IncidentState, action: Action, principal: Principal, details: Details
) -> str:
    match advance(state, action, principal, details, today=TODAY):
        case IncidentState(status=status):
            return status
        case NotAllowedNow():
            return "409"
        case RoleMissing():
            return "403"
        case refusal:
            return str(refusal)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("action", Action)
def test_every_status_action_and_role(
    status: Status, action: Action, role: Role
) -> None:
    expected = LEADS.get(f"{status} {action}", "409") if role in MAY[action] else "403"

    found = outcome(incident(status), action, person(role), ENOUGH)

    assert found == expected


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_otklik_itself_only_reports_what_publishing_came_to(
    status: Status, action: Action
) -> None:
    own = {Action.MARK_PUBLISHED, Action.MARK_FAILED, Action.MARK_STALE}
    expected = LEADS.get(f"{status} {action}", "409") if action in own else "403"

    assert outcome(incident(status), action, SYSTEM, ENOUGH) == expected


def test_table_and_issue_know_the_same_transitions() -> None:
    assert {f"{s} {a}": t.to for (s, a), t in TRANSITIONS.items()} == LEADS


def test_every_status_has_a_holder_but_the_last() -> None:
    over = [Status.CLOSED, Status.WITHDRAWN]
    assert [s for s in Status if HOLDERS[s] is None] == over
    transition = TRANSITIONS[Status.DRAFTING, Action.SUBMIT]
    assert transition.holder is Holder.APPROVER


@pytest.mark.parametrize(
    ("action", "expected"),
    [(Action.DRAFT, "403"), (Action.SUBMIT, "403"), (Action.APPROVE, "403")],
)
def test_executor_acts_only_on_incidents_of_the_own_authority(
    action: Action, expected: str
) -> None:
    stranger = person(Role.EXECUTOR, authority="water")

    assert outcome(incident(Status.ASSIGNED), action, stranger, ENOUGH) == expected
    assert allowed(incident(Status.ASSIGNED), stranger) == ()


def test_executor_of_no_authority_has_no_incidents() -> None:
    unassigned = replace(incident(Status.ASSIGNED), authority=None)
    nobody = replace(person(Role.EXECUTOR), authority=None)

    assert outcome(unassigned, Action.DRAFT, nobody, ENOUGH) == "403"


def test_moderator_who_is_also_an_executor_drafts_for_any_authority() -> None:
    both = person(Role.EXECUTOR, Role.MODERATOR, authority="water")

    assert outcome(incident(Status.ASSIGNED), Action.DRAFT, both, ENOUGH) == "drafting"


@pytest.mark.parametrize("action", [Action.APPROVE, Action.RETURN])
def test_program_neither_approves_nor_returns(action: Action) -> None:
    program = replace(person(Role.ADMIN), kind=Kind.CLIENT, named_person=False)
    waiting = incident(Status.AWAITING_APPROVAL)

    done = advance(waiting, action, program, ENOUGH, today=TODAY)

    assert done == NamedPersonRequired()
    assert allowed(waiting, program) == (Action.DRAFT,)


def test_author_does_not_approve_the_own_text_unless_the_region_allows_it() -> None:
    waiting = incident(Status.AWAITING_APPROVAL, approved=False)
    author = person(Role.ADMIN, uid=AUTHOR)
    alone = Policy(four_eyes=False)

    strict = advance(waiting, Action.APPROVE, author, today=TODAY)
    lenient = advance(waiting, Action.APPROVE, author, today=TODAY, policy=alone)

    assert strict == OwnText()
    assert lenient == incident(Status.APPROVED)
    assert allowed(waiting, author) == (
        Action.DRAFT,
        Action.RETURN,
        Action.WITHDRAW,
    )
    assert Action.APPROVE in allowed(waiting, author, alone)


def test_text_of_a_program_has_no_author_who_could_not_approve() -> None:
    waiting = replace(incident(Status.AWAITING_APPROVAL), text_author=None)
    someone = replace(person(Role.APPROVER), id=None)

    done = advance(waiting, Action.APPROVE, someone, today=TODAY)

    assert done == replace(waiting, status=Status.APPROVED, approved_version=3)


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


STEPS = st.lists(
    st.tuples(st.sampled_from(Action), st.sampled_from([*Role, None])), max_size=30
)


@given(STEPS)
def test_nothing_is_ever_published_without_approval_of_that_text(
    steps: list[tuple[Action, Role | None]],
) -> None:
    state = IncidentState(status=Status.NEW)
    approved = None

    for action, role in steps:
        who = person(role) if role else SYSTEM
        done = advance(
            state, action, who, ENOUGH, today=TODAY, policy=Policy(four_eyes=False)
        )
        if not isinstance(done, IncidentState):
            continue
        if action in {Action.PUBLISH, Action.PUBLISH_BY_HAND}:
            assert approved == state.text_version > 0
        if action is Action.APPROVE:
            approved = state.text_version
        if done.text_version != state.text_version:
            approved = None
        state = done


@pytest.mark.parametrize("posting", [*PostingState, None])
def test_a_person_decides_only_about_what_nobody_knows_or_what_waits(
    posting: PostingState | None,
) -> None:
    state = replace(incident(Status.PUBLISHING), posting=posting)
    settlers = {
        PostingState.UNKNOWN: (Action.FOUND, Action.SEND_AGAIN, Action.TAKE_BACK),
        PostingState.APPROVED: (Action.TAKE_BACK,),
        PostingState.DRAFT: (Action.TAKE_BACK,),
    }

    found = allowed(state, person(Role.MODERATOR))

    assert found == settlers.get(posting, ()) if posting else found == ()


@pytest.mark.parametrize("action", [Action.SEND_AGAIN, Action.TAKE_BACK])
def test_what_may_be_public_is_decided_by_somebody_who_has_looked(
    action: Action,
) -> None:
    state = incident(Status.PUBLISHING)

    done = advance(state, action, person(Role.APPROVER), Details(), today=TODAY)

    assert done == FieldsMissing((("looked", Fault.REQUIRED),))


def test_what_only_waits_is_taken_back_without_a_look() -> None:
    state = replace(incident(Status.PUBLISHING), posting=PostingState.APPROVED)

    done = advance(
        state, Action.TAKE_BACK, person(Role.APPROVER), Details(), today=TODAY
    )

    assert done == replace(state, status=Status.APPROVED)


def test_program_does_not_settle_what_nobody_knows() -> None:
    program = replace(person(Role.ADMIN), kind=Kind.CLIENT, named_person=False)

    done = advance(
        incident(Status.PUBLISHING), Action.FOUND, program, ENOUGH, today=TODAY
    )

    assert done == NamedPersonRequired()


def test_what_was_answered_is_not_withdrawn() -> None:
    state = replace(incident(Status.ASSIGNED), was_answered=True)

    done = advance(state, Action.WITHDRAW, person(Role.ADMIN), ENOUGH, today=TODAY)

    assert done == NotAllowedNow((Action.ASSIGN, Action.DRAFT, Action.SUBMIT))


@pytest.mark.parametrize(
    ("details", "faults"),
    [
        (Details(), (("mistake", Fault.REQUIRED), ("reason", Fault.REQUIRED))),
        (
            Details(mistake=Mistake.DUPLICATE, reason="То же самое."),
            (("incident_id", Fault.REQUIRED),),
        ),
        (
            Details(mistake=Mistake.NOT_A_COMPLAINT, reason="Нет", incident_id=AUTHOR),
            (("incident_id", Fault.NOT_FITTING),),
        ),
    ],
)
def test_who_withdraws_says_why(
    details: Details, faults: tuple[tuple[str, Fault], ...]
) -> None:
    state = incident(Status.NEW)

    done = advance(state, Action.WITHDRAW, person(Role.ADMIN), details, today=TODAY)

    assert done == FieldsMissing(faults)
