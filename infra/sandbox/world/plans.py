"""Decides, cheaply and without writing it, what each numbered post will be."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

from infra.sandbox.world import casting
from infra.sandbox.world.dice import chance, throw, weighted
from infra.sandbox.world.lanes import Lane
from infra.sandbox.world.model import Tone
from infra.sandbox.world.phrasebook import ComplaintKind
from infra.sandbox.world.places import Place
from infra.sandbox.world.region import Page, Region
from infra.sandbox.world.slots import Scene

REACH: Final = 60
"""How many moments back a comment, copy or edit may refer to."""

_EVENT_SPAN: Final = 120
_PART_OF_EVENT: Final = 20
_CACHED: Final = 20_000


class Role(StrEnum):
    """What a post is to the posts before it."""

    ORIGINAL = "original"
    COMMENT = "comment"
    COPY = "copy"
    RETELLING = "retelling"
    EDIT = "edit"


_ROLES: Final = (
    (Role.ORIGINAL, 79),
    (Role.COMMENT, 11),
    (Role.COPY, 3),
    (Role.RETELLING, 4),
    (Role.EDIT, 3),
)
_COMMENTED: Final = frozenset(Tone) - {Tone.SPAM, Tone.ADVERT}
_REPEATED: Final = frozenset({Tone.COMPLAINT, Tone.SPAM})
_TARGETS: Final = {
    Role.COMMENT: _COMMENTED,
    Role.COPY: _REPEATED,
    Role.RETELLING: frozenset({Tone.COMPLAINT}),
    Role.EDIT: frozenset({Tone.COMPLAINT}),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """A post to be written; `target` is the number of the post it refers to."""

    role: Role
    target: int | None
    page: Page
    scene: Scene
    tone: Tone
    kind: ComplaintKind | None
    event: str | None


class Planner:
    """Plans posts of one seed; the same number always gets the same plan."""

    def __init__(self, seed: int, region: Region) -> None:
        self._seed = seed
        self._region = region
        self.plan = lru_cache(_CACHED)(self._plan)
        self.original = lru_cache(_CACHED)(self._original)

    def _plan(self, lane: Lane, number: int) -> Plan:
        role = self._drawn_role(lane, number)
        target = self._target(lane, number, role)
        if target is None:
            return self.original(lane, number)
        return self._following(lane, number, role, target)

    def _drawn_role(self, lane: Lane, number: int) -> Role:
        return weighted(throw(self._seed, lane.name, number, "role"), _ROLES)

    def _target(self, lane: Lane, number: int, role: Role) -> int | None:
        """Find an original that this role can follow, the search starting at random."""
        if role is Role.ORIGINAL:
            return None
        dice = throw(self._seed, lane.name, number, "target")
        nearest = number - dice.randint(1, REACH // 2)
        furthest = max(lane.first, number - REACH)
        for target in range(nearest, furthest - 1, -1):
            if self._drawn_role(lane, target) is not Role.ORIGINAL:
                continue
            if self._fits(role, self.original(lane, target)):
                return target
        return None

    def _fits(self, role: Role, plan: Plan) -> bool:
        if role is Role.COMMENT and not plan.page.is_commented:
            return False
        return plan.tone in _TARGETS[role]

    def _original(self, lane: Lane, number: int) -> Plan:
        dice = throw(self._seed, lane.name, number, "plan")
        tone = weighted(dice, casting.TONES)
        place = casting.some_place(self._region, dice)
        month = self._local(lane, number).month
        kind = event = None
        if tone is Tone.COMPLAINT:
            kind = casting.some_kind(place, month, dice)
            if chance(dice, _PART_OF_EVENT):
                place, kind, event = self._event(lane, number)
                place = casting.nearby(place, dice)
        page = casting.some_page(self._region, place, tone, dice)
        place = casting.named_on(page, place, dice)
        scene = Scene(place, self._local(lane, number), chance(dice, 60))
        return Plan(Role.ORIGINAL, None, page, scene, tone, kind, event)

    def _event(self, lane: Lane, number: int) -> tuple[Place, ComplaintKind, str]:
        """What happened around this moment and many people write about."""
        name = f"{lane.name}-{number // _EVENT_SPAN}"
        dice = throw(self._seed, name, "event")
        place = casting.some_place(self._region, dice)
        first = max(lane.first, number // _EVENT_SPAN * _EVENT_SPAN)
        month = self._local(lane, first).month
        return place, casting.some_kind(place, month, dice), name

    def _following(self, lane: Lane, number: int, role: Role, target: int) -> Plan:
        first = self.original(lane, target)
        dice = throw(self._seed, lane.name, number, "plan")
        place = first.scene.place
        page, female = first.page, first.scene.female
        if role is Role.COMMENT:
            place = casting.nearby(place, dice)
        elif role is not Role.EDIT and not place.tacit:
            page = casting.some_page(self._region, place, first.tone, dice)
        if role is not Role.EDIT:
            female = chance(dice, 60)
        scene = Scene(place, self._local(lane, number), female)
        return Plan(role, target, page, scene, first.tone, first.kind, first.event)

    def _local(self, lane: Lane, number: int) -> datetime:
        return lane.at(number).astimezone(self._region.zone)
