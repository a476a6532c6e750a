"""Keeps reading X below what the operator will pay: posts a day, money a month.

X asks money for every post it shows, once a UTC day for each. The most an answer may
cost is taken before the call and what it did not cost is given back after it, so that
no call is ever made that might pass a limit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from shared.networks.access import Access, Token
from shared.networks.allowance import (
    Allowance,
    Taken,
    day_of,
    give_back,
    month_of,
    take,
)
from shared.networks.credentials import credential_id
from shared.networks.failures import NetworkError
from shared.networks.x.errors import GUARD_DAY, GUARD_MONTH, GUARDS

POSTS_A_DAY: Final = 200
MONEY_A_MONTH: Final = Decimal(30)
PRICE_OF_A_POST: Final = Decimal("0.005")
PRICE_OF_A_USER: Final = Decimal("0.010")
"""US dollars, as X's price list of 2026 has them; the operator may set others."""

CHECKS_SHARE: Final = Decimal("0.5")
_MOST_REMEMBERED: Final = 5_000
_MICRO: Final = 1_000_000


@dataclass(slots=True)
class Paid:
    """Posts that were paid for today, by id: showing them again costs nothing.

    What is forgotten, or another source has paid, is counted once more: the guard may
    stop too early, never too late. `spent` is what this source alone has cost in
    `month`, in millionths of a dollar: it is in the cursor, so that a source keeps to
    the limit though the shared counters were lost.
    """

    day: str = ""
    ids: dict[str, None] = field(default_factory=dict)
    month: str = ""
    spent: int = 0

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> "Paid":
        told = data or {}
        ids = dict.fromkeys(told.get("ids", ()))
        month, spent = told.get("month", ""), told.get("spent", 0)
        return cls(told.get("day", ""), ids, month, spent)

    def as_json(self) -> dict[str, Any]:
        return {
            "day": self.day,
            "ids": list(self.ids)[-_MOST_REMEMBERED:],
            "month": self.month,
            "spent": self.spent,
        }

    def spent_in(self, month: str) -> int:
        return self.spent if self.month == month else 0

    def charge(self, month: str, amount: int) -> None:
        """Note what an answer has cost."""
        self.month, self.spent = month, self.spent_in(month) + amount

    def new_among(self, ids: Iterable[str], now: datetime) -> list[str]:
        """Give those that would have to be paid for."""
        today, _ = day_of(now)
        if self.day != today:
            self.day, self.ids = today, {}
        return [each for each in dict.fromkeys(ids) if each not in self.ids]

    def add(self, ids: Iterable[str]) -> None:
        self.ids.update(dict.fromkeys(ids))


@dataclass(frozen=True, slots=True)
class Guard:
    """The limits of one source with one token; options as `XConnector` tells them.

    Replaced secrets are the same purse: what they cost is counted by the credential.
    """

    access: Access
    token: Token
    place: str
    paid: Paid = field(default_factory=Paid)

    async def take_posts(self, number: int, *, for_checks: bool = False) -> list[Taken]:
        """Take the money and the day's share for some posts; raises WAIT."""
        taken = [
            *([Taken(self._checks(), number)] if for_checks else []),
            Taken(self._day(), number),
            Taken(self._month(), number * self._micros("price_per_post")),
        ]
        await take(self.access.budget, *taken, now=self.access.clock())
        return taken

    async def take_most(
        self, sizes: Iterable[int], *, for_checks: bool = False
    ) -> tuple[int, list[Taken]]:
        """Take the first of these sizes that fits; raises WAIT when none does."""
        refused: NetworkError | None = None
        for size in sizes:
            try:
                return size, await self.take_posts(size, for_checks=for_checks)
            except NetworkError as error:
                if error.code not in GUARDS:
                    raise
                refused = error
        assert refused is not None  # noqa: S101 -- there is a size to try
        raise refused

    async def take_user(self) -> list[Taken]:
        """Take the money for an account's card."""
        taken = [Taken(self._month(), self._micros("price_per_user"))]
        await take(self.access.budget, *taken, now=self.access.clock())
        return taken

    async def settle(self, taken: list[Taken], wanted: int, cost: int) -> None:
        """Give back what an answer with `cost` posts instead of `wanted` left over."""
        unused = [
            Taken(each.of, each.amount - each.amount * cost // max(1, wanted))
            for each in taken
        ]
        for each in taken:
            if each.of.code == GUARD_MONTH:
                used = each.amount * cost // max(1, wanted)
                self.paid.charge(each.of.window, used)
        await give_back(self.access.budget, *unused)

    def _day(self) -> Allowance:
        window, until = day_of(self.access.clock())
        limit = int(self._option("posts_a_day", Decimal(POSTS_A_DAY)))
        return Allowance(
            name=f"{self._purse}/{self.place}",
            limit=limit,
            window=f"posts/{window}",
            until=until,
            code=GUARD_DAY,
            words=f"the {limit} posts a day this source may read",
            known=len(self.paid.ids) if self.paid.day == window else 0,
        )

    def _checks(self) -> Allowance:
        """A part of the day's posts: re-reading old ones must not starve new ones."""
        window, until = day_of(self.access.clock())
        share = self._option("checks_share", CHECKS_SHARE)
        posts = self._option("posts_a_day", Decimal(POSTS_A_DAY))
        return Allowance(
            name=f"{self._purse}/{self.place}",
            limit=int(posts * share),
            window=f"checks/{window}",
            until=until,
            code=GUARD_DAY,
            words="the posts a day this source may read again",
        )

    def _month(self) -> Allowance:
        window, until = month_of(self.access.clock())
        money = self._option("money_a_month", MONEY_A_MONTH)
        return Allowance(
            name=f"{self._purse}/money",
            limit=int(money * _MICRO),
            window=window,
            until=until,
            code=GUARD_MONTH,
            words=f"the {money} dollars a month this token may cost",
            known=self.paid.spent_in(window),
        )

    @property
    def _purse(self) -> str:
        found = credential_id(self.token.id)
        return self.token.id if found is None else found.hex

    def _micros(self, name: str) -> int:
        usual = PRICE_OF_A_USER if name == "price_per_user" else PRICE_OF_A_POST
        return int(self._option(name, usual) * _MICRO)

    def _option(self, name: str, usual: Decimal) -> Decimal:
        """Read a setting; what is no number, or less than nought, is not one."""
        told = self.access.options.get(name)
        if told is None or isinstance(told, bool):
            return usual
        try:
            number = Decimal(str(told))
        except ArithmeticError:
            return usual
        return number if number.is_finite() and number >= 0 else usual
