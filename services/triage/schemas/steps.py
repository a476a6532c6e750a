"""What the actions on an incident are told."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from services.triage.domain.fields import (
    ClosingReason,
    Details,
    Kind,
    Mistake,
    Outcome,
)
from services.triage.domain.states import Action
from services.triage.handlers import ByHand, Step
from services.triage.handlers.ways import Wish
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

    via: Literal["page", "sandbox", "hand"] = Field(
        description="`page`: from an official page (`sandbox`: an older name of it)."
    )
    link: Link | None = Field(default=None, description="With `hand`: required.")
    post_id: UUID | None = Field(
        default=None, description="Which post is answered; else the first possible."
    )
    page_id: UUID | None = Field(
        default=None,
        description="Which official page answers; else the first that may.",
    )
    further: bool = Field(
        default=False,
        description="Our answer stands there already, and a further one is meant.",
    )

    def step(self) -> Step:
        """Say it to the use case."""
        by_hand = self.via == "hand"
        action = Action.PUBLISH_BY_HAND if by_hand else Action.PUBLISH
        wish = Wish(post_id=self.post_id, page_id=self.page_id, further=self.further)
        return Step(action=action, details=Details(link=self.link), wish=wish)


class FoundIn(Asked):
    """Where the answer stands that nobody knew to be public."""

    model_config = _example(link="https://vk.example/wall-1_2?reply=3")

    link: Link | None = None

    def step(self) -> Step:
        """Say it to the use case."""
        return Step(action=Action.FOUND, details=Details(link=self.link))


class LookedIn(Asked):
    """The statement of a person that they have looked and the answer is not there."""

    model_config = _example(looked=True)

    looked: bool = Field(
        default=False, description="I have read the thread; our answer is not there."
    )

    def step(self, action: Action) -> Step:
        """Say it to the use case."""
        return Step(action=action, details=Details(looked=self.looked))


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


class WithdrawIn(Asked):
    """Why the incident should never have been opened; `duplicate` names the other."""

    model_config = _example(
        mistake="not_a_complaint", reason="Житель благодарит, жалобы в тексте нет."
    )

    mistake: Mistake | None = None
    reason: Remark | None = None
    incident_id: UUID | None = Field(
        default=None, description="With `duplicate`: the incident the posts join."
    )

    def step(self) -> Step:
        """Say it to the use case."""
        details = Details(
            mistake=self.mistake, reason=self.reason, incident_id=self.incident_id
        )
        return Step(action=Action.WITHDRAW, details=details)


class ReopenIn(Asked):
    """Why the case is not closed after all."""

    model_config = _example(reason="Житель пишет, что воды снова нет.")

    reason: Remark | None = None

    def step(self) -> Step:
        """Say it to the use case."""
        return Step(action=Action.REOPEN, details=Details(reason=self.reason))
