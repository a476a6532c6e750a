"""Plans for what goes wrong."""

import pytest
from pydantic import ValidationError

from infra.sandbox.stage.plans import Fault, FaultMode, Plan


def test_first_entry_that_fits_is_used_up() -> None:
    plan = Plan[Fault]()
    plan.add(Fault(mode=FaultMode.LIMIT, route="wall.*", times=2))
    plan.add(Fault(mode=FaultMode.RESET))

    taken = [plan.take(lambda one: one.route == "wall.*") for _ in range(3)]

    assert [one and one.mode for one in taken] == [
        FaultMode.LIMIT,
        FaultMode.LIMIT,
        None,
    ]
    assert plan.waiting == [Fault(mode=FaultMode.RESET)]


def test_plan_can_be_cleared() -> None:
    plan = Plan[Fault]()
    plan.add(Fault(mode=FaultMode.CUT))

    plan.clear()

    assert plan.waiting == []


@pytest.mark.parametrize(
    "wrong", [{"mode": "explode"}, {"mode": "cut", "times": 0}, {"mode": "cut", "x": 1}]
)
def test_entries_of_another_shape_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Fault.model_validate(wrong)
