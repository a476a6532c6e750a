"""Writes the numbered posts: story, voice, author, and what is true about them."""

from dataclasses import replace
from functools import lru_cache
from typing import Final

from infra.sandbox.world import casting, phrasebook, stories
from infra.sandbox.world.dice import throw, weighted
from infra.sandbox.world.lanes import Lane
from infra.sandbox.world.model import Kind, Post, Tone, Truth
from infra.sandbox.world.plans import Plan, Planner, Role
from infra.sandbox.world.stories import Story
from infra.sandbox.world.voice import some_voice, spoken

_CACHED: Final = 5_000
_FRIENDLY: Final = frozenset({Tone.THANKS, Tone.WISH, Tone.ADVERT})


class Scribe:
    """Writes posts of one seed; the same number is always the same post."""

    def __init__(self, seed: int, planner: Planner) -> None:
        self._seed = seed
        self._planner = planner
        self.post = lru_cache(_CACHED)(self._post)

    def id_of(self, lane: Lane, number: int) -> str:
        return f"{self._seed}-{lane.name}-{number}"

    def _post(self, lane: Lane, number: int) -> Post:
        plan = self._planner.plan(lane, number)
        match plan.role:
            case Role.EDIT:
                return self._edit(lane, number, plan)
            case Role.COMMENT:
                return self._comment(lane, number, plan)
            case Role.COPY | Role.RETELLING:
                return self._repeat(lane, number, plan)
            case _:
                return self._original(lane, number, plan)

    def _original(self, lane: Lane, number: int, plan: Plan) -> Post:
        story = self._story(lane, number, plan)
        text = self._typed(lane, number, story, plan)
        return self._published(lane, number, plan, text, story)

    def _repeat(self, lane: Lane, number: int, plan: Plan) -> Post:
        """Post the same text again, or tell the same in other words."""
        target = plan.target or 0
        source = self._planner.original(lane, target)
        story = self._story(lane, target, source)
        if plan.role is Role.COPY:
            text = self._typed(lane, target, story, source)
        else:
            dice = throw(self._seed, lane.name, number, "story")
            text = self._typed(
                lane,
                number,
                stories.retold(story, plan.scene, dice, formal=plan.page.official),
                plan,
            )
        post = self._published(lane, number, plan, text, story)
        first = self.id_of(lane, target)
        return replace(post, truth=replace(post.truth, duplicate_of=first))

    def _comment(self, lane: Lane, number: int, plan: Plan) -> Post:
        dice = throw(self._seed, lane.name, number, "story")
        kind = plan.kind
        tones = casting.UNDER_A_COMPLAINT if kind else casting.UNDER_OTHER_POSTS
        tone = weighted(dice, tones)
        if kind and tone is Tone.COMPLAINT:
            story = stories.support(kind, plan.scene, dice)
        else:
            story = stories.other(tone, plan.scene, dice)
        text = self._typed(lane, number, story, plan)
        post = self._published(lane, number, plan, text, story)
        parent = self.id_of(lane, plan.target or 0)
        return replace(post, kind=Kind.COMMENT, parent_id=parent)

    def _edit(self, lane: Lane, number: int, plan: Plan) -> Post:
        """Publish an earlier post once more, under its id, with something added."""
        target = plan.target or 0
        first = self.post(lane, target)
        source = self._planner.original(lane, target)
        dice = throw(self._seed, lane.name, number, "story")
        story = self._story(lane, target, source)
        amended = stories.amended(story, plan.scene, dice)
        text = self._typed(lane, target, amended, source)
        return replace(first, text=text, edited_at=lane.at(number))

    def _story(self, lane: Lane, number: int, plan: Plan) -> Story:
        dice = throw(self._seed, lane.name, number, "story")
        if plan.kind is not None:
            return stories.complaint(
                plan.kind, plan.scene, dice, formal=plan.page.official
            )
        return stories.other(plan.tone, plan.scene, dice)

    def _typed(self, lane: Lane, number: int, story: Story, plan: Plan) -> str:
        dice = throw(self._seed, lane.name, number, "voice")
        common = phrasebook.load().common
        emoji = common.emoji_kind if story.tone in _FRIENDLY else common.emoji
        if story.tone is Tone.QUESTION:
            emoji = common.emoji_asking
        voice = some_voice(dice, emoji, careful=plan.page.official)
        return spoken(story.text, voice, dice)

    def _published(
        self, lane: Lane, number: int, plan: Plan, text: str, story: Story
    ) -> Post:
        dice = throw(self._seed, lane.name, number, "author")
        municipality = plan.scene.place.municipality.code
        return Post(
            id=self.id_of(lane, number),
            page=plan.page.code,
            kind=Kind.POST,
            author=casting.some_author(dice, female=plan.scene.female),
            text=text,
            published_at=lane.at(number),
            edited_at=None,
            parent_id=None,
            likes=dice.choice((0, 0, 1, 2, 3, 5, 8, 13, 40)),
            truth=Truth(
                tone=story.tone,
                topic=story.topic,
                municipality=None if story.tone in casting.IDLE else municipality,
                event=plan.event if story.tone is Tone.COMPLAINT else None,
            ),
        )
