"""What comes meanwhile is answered together, and nobody is answered for another."""

import asyncio
from collections.abc import Sequence

import pytest

from shared.errors import Malformed
from shared.gathering import Gathering


class Doubler:
    """Doubles numbers as soon as it may, and keeps which came together."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.may_go_on = asyncio.Event()

    async def __call__(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.groups.append(list(numbers))
        await self.may_go_on.wait()
        if len(numbers) > 1 and 13 in numbers:
            raise Malformed("one of them")
        return [Malformed("bad luck") if n == 13 else 2 * n for n in numbers]


@pytest.fixture
async def doubler() -> Doubler:
    return Doubler()


async def asked(gathering: Gathering[int, int], *numbers: int) -> list[asyncio.Task]:
    """Ask all at a time, and let them come to wait."""
    tasks = [asyncio.create_task(gathering.ask(number)) for number in numbers]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_a_call_does_not_wait_for_company(doubler: Doubler) -> None:
    doubler.may_go_on.set()
    gathering = Gathering(doubler, most=10)

    assert [await gathering.ask(1), await gathering.ask(2)] == [2, 4]
    assert doubler.groups == [[1], [2]]


async def test_what_comes_meanwhile_is_the_next_group(doubler: Doubler) -> None:
    gathering = Gathering(doubler, most=10)
    tasks = await asked(gathering, 1)
    tasks += await asked(gathering, 2, 3)
    tasks += await asked(gathering, 4)

    doubler.may_go_on.set()

    assert await asyncio.gather(*tasks) == [2, 4, 6, 8]
    assert doubler.groups == [[1], [2, 3, 4]]


async def test_a_group_has_a_largest_size(doubler: Doubler) -> None:
    gathering = Gathering(doubler, most=2)
    tasks = await asked(gathering, 1, 2, 3, 4, 5)

    doubler.may_go_on.set()

    assert await asyncio.gather(*tasks) == [2, 4, 6, 8, 10]
    assert doubler.groups == [[1, 2], [3, 4], [5]]


async def test_when_a_group_fails_only_the_one_to_blame_hears_of_it(
    doubler: Doubler,
) -> None:
    gathering = Gathering(doubler, most=10)
    tasks = await asked(gathering, 1, 13, 3)

    doubler.may_go_on.set()
    told = await asyncio.gather(*tasks, return_exceptions=True)

    assert [told[0], str(told[1]), told[2]] == [2, "bad luck", 6]
    assert doubler.groups == [[1, 13, 3], [1], [13], [3]]


async def test_a_failure_that_blames_nobody_is_told_to_all_at_once() -> None:
    asked_for: list[list[int]] = []

    async def unreachable(numbers: Sequence[int]) -> list[int]:
        asked_for.append(list(numbers))
        raise OSError("the database is away")

    gathering = Gathering(unreachable, most=10, nobodys=(OSError,))

    told = await asyncio.gather(*map(gathering.ask, (1, 2)), return_exceptions=True)

    assert [str(each) for each in told] == ["the database is away"] * 2
    assert asked_for == [[1, 2]]


async def test_who_fails_alone_hears_of_it(doubler: Doubler) -> None:
    async def fail(numbers: Sequence[int]) -> list[int]:
        raise Malformed(f"not {numbers}")

    with pytest.raises(Malformed, match=r"not \[1\]"):
        await Gathering(fail, most=10).ask(1)


async def test_who_goes_away_before_its_turn_is_not_answered(doubler: Doubler) -> None:
    gathering = Gathering(doubler, most=10)
    first = await asked(gathering, 1)
    gone, last = await asked(gathering, 2, 3)

    gone.cancel()
    await asyncio.sleep(0)
    doubler.may_go_on.set()

    assert await asyncio.gather(*first, last) == [2, 6]
    assert doubler.groups == [[1], [3]]


async def test_who_goes_away_in_its_turn_harms_nobody(doubler: Doubler) -> None:
    gathering = Gathering(doubler, most=10)
    first, second = await asked(gathering, 1, 2)

    first.cancel()
    await asyncio.sleep(0)
    doubler.may_go_on.set()

    assert await second == 4
    assert await gathering.ask(3) == 6
