"""The query language by example, as the API tells it."""

from typing import Self

from pydantic import BaseModel, ConfigDict, JsonValue

from services.ingest.rules import LANGUAGES
from services.ingest.rules.help import Example, examples

_EXAMPLE: dict[str, JsonValue] = {
    "items": [
        {
            "query": '"нет воды"',
            "said": {
                "ru": "Слова подряд, в этом порядке, в любой форме.",
                "en": "Words side by side, in this order, in any form.",
            },
            "catches": "Третий день нет воды",
            "spares": "Воды нет",
        }
    ]
}


class LanguageExample(BaseModel):
    """A query, what it means by language, a text it catches and one it does not."""

    query: str
    said: dict[str, str]
    catches: str
    spares: str

    @classmethod
    def of(cls, example: Example) -> Self:
        """Describe an example."""
        return cls(
            query=example.query,
            said={name: example.meaning(name) for name in LANGUAGES},
            catches=example.catches,
            spares=example.spares,
        )


class RuleLanguage(BaseModel):
    """Everything the query language can do, an example each."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    items: list[LanguageExample]

    @classmethod
    def whole(cls) -> Self:
        """Tell all of it, in the order of the page."""
        return cls(items=[LanguageExample.of(each) for each in examples()])
