"""Options of a source as they are answered: ready to make a form of."""

from typing import Self

from pydantic import BaseModel, ConfigDict

from services.ingest.sources.options import LANGUAGES, Option, Setting


class OptionSaid(BaseModel):
    """What an option is called in one language."""

    title: str
    hint: str


class OptionValue(BaseModel):
    """One value of a choice, and what it is called by language."""

    value: str
    said: dict[str, str]


class OptionAnswer(BaseModel):
    """One option: `whole` has limits, `choice` has values, `switch` is true or false.

    A `text` has at most `most` characters. `usual` is the value where nothing is set.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "history_days",
                    "type": "whole",
                    "usual": 7,
                    "least": 1,
                    "most": 365,
                    "values": [],
                    "said": {"en": {"title": "Days back", "hint": ""}},
                }
            ]
        }
    )

    name: str
    type: str
    usual: bool | int | str
    least: int | None
    most: int | None
    values: list[OptionValue]
    said: dict[str, OptionSaid]

    @classmethod
    def of(cls, option: Option) -> Self:
        """Describe an option."""
        usual: Setting = option.usual
        return cls(
            name=option.name,
            type=option.type,
            usual=usual,
            least=option.least,
            most=option.most,
            values=[
                OptionValue(value=each.value, said=dict(each.said))
                for each in option.values
            ],
            said={
                name: OptionSaid(title=option.titles[name], hint=option.hints[name])
                for name in LANGUAGES
            },
        )


class OptionList(BaseModel):
    """What may be set for a source, in the order of a form."""

    items: list[OptionAnswer]
