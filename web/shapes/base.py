"""The manner of all answers: frozen, tolerant of new fields."""

from typing import Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Shape(BaseModel):
    """One answer or a part of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")


ShapeT = TypeVar("ShapeT", bound=Shape)


class Listing(Shape):
    """A short list without cursors: accepts `[…]` and `{"items": […]}` alike."""

    @model_validator(mode="before")
    @classmethod
    def _wrapped(cls, answer: object) -> object:
        return {"items": answer} if isinstance(answer, list) else answer


class Named(Shape):
    """A thing of a reference list: topic, authority, municipality."""

    code: str
    name: str
    group_name: str | None = None
    name_en: str = ""
    group_name_en: str = ""

    def said_in(self, language: str) -> Self:
        """The same under its English names, if wanted and there are any."""
        if language != "en" or not self.name_en:
            return self
        group = self.group_name_en or self.group_name
        return self.model_copy(update={"name": self.name_en, "group_name": group})


class Suggested(Named):
    """A named thing proposed by the services; the reason is a code to translate."""

    reason: str | None = None
    reason_params: dict[str, str] = Field(default_factory=dict)
    confidence: float | None = None


class FieldError(Shape):
    """What is wrong with one field of a request."""

    field: str = ""
    message: str = ""
    position: int | None = None
    code: str | None = None
    said: dict[str, dict[str, str]] = Field(default_factory=dict)


class Rejected(Shape):
    """One line of a batch that was not taken."""

    line: int
    reason: str


class Problem(Shape):
    """RFC 9457 problem details."""

    title: str = ""
    status: int = 0
    detail: str = ""
    errors: tuple[FieldError, ...] = ()
