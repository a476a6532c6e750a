"""How good a rule is: what moderators made of its hits (product.md, Conduct 2)."""

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Final

FEWEST_DECIDED: Final = 20
"""With fewer decided hits nothing is said about a rule."""

MOST_OPINIONS: Final = 0.5
"""A rule that catches opinions more often than this is suspended."""

DEFAULT_LIMIT: Final = 0.6
"""The share of rejected hits a region bears if it has set no other."""

_Z: Final = 1.959964  # the normal quantile that leaves 95 % in between
_TRADE: Final = frozenset({"advert", "spam"})
_NO_PROBLEM: Final = frozenset({"question", "wish", "thanks"})
_OPINION: Final = "unconstructive"


class Verdict(StrEnum):
    """What a moderator's decision says about the rule that caught the post."""

    ACCEPTED = "accepted"
    NOISE = "noise"
    OPINION = "opinion"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Tally:
    """Decided hits of a rule by verdict."""

    accepted: int = 0
    noise: int = 0
    opinion: int = 0
    other: int = 0

    @property
    def rejected(self) -> int:
        """Hits that led to no incident."""
        return self.noise + self.opinion + self.other

    @property
    def decided(self) -> int:
        """All hits a moderator has decided about."""
        return self.accepted + self.rejected


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with the bounds it truly lies between, 95 times of 100."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What follows from the figures."""

    is_flagged: bool
    is_mostly_opinions: bool


def verdict_of(status: str, tone: str | None, *, has_incident: bool) -> Verdict | None:
    """Read a post's label as a verdict on the rules that caught it, in this order.

    1. A post inside an incident was a good hit.
    2. A quarrel without a problem is an opinion, be it called noise or no complaint.
    3. Noise, adverts and spam are noise.
    4. A question, a wish or thanks is no complaint, but no opinion either.
    5. What else is no complaint is taken for an opinion.
    6. About any other post nobody has decided yet.
    """
    if has_incident:
        return Verdict.ACCEPTED
    if status not in {"noise", "not_complaint"}:
        return None
    if tone == _OPINION:
        return Verdict.OPINION
    if status == "noise" or tone in _TRADE:
        return Verdict.NOISE
    return Verdict.OTHER if tone in _NO_PROBLEM else Verdict.OPINION


def wilson(part: int, whole: int) -> Interval | None:
    """Return the share of a whole with its 95 % score interval; None of nothing.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical
    Inference", Journal of the American Statistical Association 22 (1927), 209-212:

        (p + z²/2n ± z·√(p(1-p)/n + z²/4n²)) / (1 + z²/n)

    Unlike the textbook interval it stays between 0 and 1 and holds for few hits.
    """
    if whole == 0:
        return None
    share, square = part / whole, _Z * _Z / whole
    middle = share + square / 2
    half = _Z * sqrt(share * (1 - share) / whole + square / (4 * whole))
    low, high = (middle - half) / (1 + square), (middle + half) / (1 + square)
    return Interval(share, max(0.0, low), min(1.0, high))


def judge(tally: Tally, *, limit: float) -> Judgement:
    """Say what is to be done about a rule, in this order.

    1. Nothing while fewer than FEWEST_DECIDED of its hits are decided.
    2. It catches mostly opinions when the share of opinions is above MOST_OPINIONS
       even at its lower bound: then it is flagged, and has to be suspended.
    3. It is flagged when the share of rejected hits is above the region's limit,
       even at its lower bound.
    """
    rejected = wilson(tally.rejected, tally.decided)
    opinions = wilson(tally.opinion, tally.decided)
    if tally.decided < FEWEST_DECIDED or rejected is None or opinions is None:
        return Judgement(is_flagged=False, is_mostly_opinions=False)
    is_mostly_opinions = opinions.low > MOST_OPINIONS
    return Judgement(is_mostly_opinions or rejected.low > limit, is_mostly_opinions)
