"""What the actions on an incident are told."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.triage.domain.fields import ClosingReason, Details, Kind, Outcome
from services.triage.domain.states import Action
from services.triage.handlers import ByHand, Step
from services.triage.schemas.common import (
    Asked,
    Code,
    Link,
    Remark,
    ReplyText,
    Title,
)


def _example(**fields: Any) -> ConfigDict:  # noqa: ANN401 -- any JSON
    return ConfigDict(json_schema_extra={"examples": [fields]})


class OpenIn(Asked):
    """An incident opened by hand, of posts from the queue or of none."""

    model_config = _example(
        title="Яма у школы", topic="roads.pothole", municipality="vetlogorsk"
    )

    title: Title
    topic: Code
    municipality: Code | None = None
    authority: Code | None = None
    post_ids: list[UUID] = Field(default=[], max_length=200)

    def asked(self) -> ByHand:
        """Say it to the use case."""
        return ByHand(**self.model_dump())


class AssignIn(Asked):
    """The authority that must answer, and perhaps the person there."""

    model_config = _example(authority="housing")

    authority: Code | None = None
    executor: UUID | None = Field(default=None, description="A user's id.")

    def step(self) -> Step:
        """Say it to the use case."""
        details = Details(authority=self.authority)
        return Step(action=Action.ASSIGN, details=details, executor=self.executor)


class DraftIn(Asked):
    """The text of a reply."""

    model_config = _example(text="Здравствуйте! Трубу заменят до 20 марта.")

    text: ReplyText | None = None

    def step(self, action: Action) -> Step:
        """Say it to the use case."""
        return Step(action=action, details=Details(text=self.text))


class ReturnIn(Asked):
    """What must change in the reply."""

    model_config = _example(remark="Назовите дату.")

    remark: Remark | None = None

    def step(self) -> Step:
        """Say it to the use case."""
        return Step(action=Action.RETURN, details=Details(remark=self.remark))


class ApproveIn(Asked):
    """Nothing: the newest version is approved. Send `If-Match` to be sure which."""


class PublishIn(Asked):
    """Publish from here, or say where a person has published it."""

    model_config = _example(via="hand", link="https://vk.example/wall-1_2")

    via: Literal["sandbox", "hand"]
    link: Link | None = Field(default=None, description="With `hand`: required.")

    def step(self) -> Step:
        """Say it to the use case."""
        by_hand = self.via == "hand"
        action = Action.PUBLISH_BY_HAND if by_hand else Action.PUBLISH
        return Step(action=action, details=Details(link=self.link))


class CloseIn(Asked):
    """How it ended. `postponed` needs `promised_on`, `solved` needs `proof`."""

    model_config = _example(
        outcome="solved", closing_reason="done", proof="Акт № 17 от 12.03.2026"
    )

    outcome: Outcome | None = None
    closing_reason: ClosingReason | None = None
    kind: Kind | None = None
    promised_on: date | None = None
    proof: Remark | None = None

    def step(self) -> Step:
        """Say it to the use case."""
        details = Details(
            outcome=self.outcome,
            closing_reason=self.closing_reason,
            promised_on=self.promised_on,
            proof=self.proof,
        )
        return Step(action=Action.CLOSE, details=details, kind=self.kind)


class ReopenIn(Asked):
    """Why the case is not closed after all."""

    model_config = _example(reason="Житель пишет, что воды снова нет.")

    reason: Remark | None = None

    def step(self) -> Step:
        """Say it to the use case."""
        return Step(action=Action.REOPEN, details=Details(reason=self.reason))
