"""The life of an incident: the whole table, and who may do what."""

from dataclasses import replace
from itertools import product

import pytest

from services.triage.domain.incident import Policy, advance, allowed
from services.triage.domain.refusals import NamedPersonRequired, OwnText
from services.triage.domain.states import HOLDERS, TRANSITIONS, Action, Holder, Status
from shared.identity.principal import SYSTEM, Kind, Role
from tests.services.triage.incidents import (
    AUTHOR,
    ENOUGH,
    TODAY,
    incident,
    outcome,
    person,
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
