"""What is published only with approval, settled by a look, withdrawn with a reason."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.triage.domain.fields import Details, Mistake
from services.triage.domain.incident import IncidentState, Policy, advance, allowed
from services.triage.domain.posting import PostingState
from services.triage.domain.refusals import (
    Fault,
    FieldsMissing,
    NamedPersonRequired,
    NotAllowedNow,
)
from services.triage.domain.states import Action, Status
from shared.identity.principal import SYSTEM, Kind, Role
from tests.services.triage.incidents import AUTHOR, ENOUGH, TODAY, incident, person

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
