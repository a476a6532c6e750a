"""How well the starter rules tell complaints of the world from the rest."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

import pytest

from infra.sandbox.world import Post, Tone
from services.ingest.rules import Matcher, compile_rule
from shared.library import starter
from tests.infra.sandbox.worlds import fortnight

RULES = {UUID(int=n): rule for n, rule in enumerate(starter.load().rules, start=1)}
MATCHER = Matcher([compile_rule(key, 1, rule.query) for key, rule in RULES.items()])


def caught(posts: Iterable[Post]) -> list[tuple[Post, set[str]]]:
    """Posts with the topics of the rules that catch them."""
    listed = list(posts)
    matches = MATCHER.match([post.text for post in listed])
    return [
        (post, {RULES[match.rule_id].topic for match in found})
        for post, found in zip(listed, matches, strict=True)
    ]


def complaints(seed: int, month: int) -> list[Post]:
    """Complaints that say what they are about; «у нас так же» does not."""
    return [
        post
        for post in fortnight(seed, month)
        if post.truth.tone is Tone.COMPLAINT and not post.parent_id
    ]


def share(hits: Iterable[bool]) -> float:
    listed = list(hits)
    return sum(listed) / len(listed)


@pytest.mark.no_cover
@pytest.mark.parametrize(("seed", "month"), [(1, 11), (5, 7)])
def test_rules_find_complaints_of_their_own_topic(seed: int, month: int) -> None:
    found = caught(complaints(seed, month))
    right = Counter(str(p.truth.topic) for p, got in found if p.truth.topic in got)
    total = Counter(str(p.truth.topic) for p, _ in found)

    weak = {t: right[t] / total[t] for t in total if right[t] < 0.85 * total[t]}
    assert weak == {}
    assert sum(right.values()) / sum(total.values()) > 0.95


@pytest.mark.no_cover
def test_what_rules_find_is_mostly_of_their_topic() -> None:
    found = caught(fortnight())
    right = sum(post.truth.topic in topics for post, topics in found if topics)

    assert right / sum(len(topics) for _, topics in found) > 0.92


@pytest.mark.parametrize(
    ("tone", "most"),
    [(Tone.SPAM, 0.01), (Tone.ADVERT, 0.05), (Tone.UNCONSTRUCTIVE, 0.06)],
)
@pytest.mark.parametrize(("seed", "month"), [(1, 11), (5, 7)])
def test_rules_spare_adverts_spam_and_quarrels(
    tone: Tone, most: float, seed: int, month: int
) -> None:
    idle = [post for post in fortnight(seed, month) if post.truth.tone is tone]

    assert share(bool(topics) for _, topics in caught(idle)) <= most
