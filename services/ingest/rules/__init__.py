"""Keyword rules: a small query language with Russian words, and its fast matcher.

    яма (дорога | тротуар) -реклама
    "горячая вода" | "вода отключить"~5
    вода /3 (нет | отключили) сеть:vk

A pure library: no input, no output, no clock. docs/rules.md describes the language and
how the matcher works; `help.toml` has the examples that the pages show.
"""

from services.ingest.rules.errors import QueryError, QueryFault, Told
from services.ingest.rules.matcher import (
    CompiledRule,
    Match,
    Matcher,
    Position,
    TextMatcher,
    compile_rule,
)
from services.ingest.rules.parser import parse
from services.ingest.rules.posts import Field, FieldName, Post
from services.ingest.rules.printing import printed, tree
from services.ingest.rules.query import (
    And,
    Close,
    Exact,
    Gap,
    Near,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Slip,
    Tag,
    Word,
)

__all__ = [
    "And",
    "Close",
    "CompiledRule",
    "Exact",
    "Field",
    "FieldName",
    "Gap",
    "Match",
    "Matcher",
    "Near",
    "Not",
    "Or",
    "Phrase",
    "Position",
    "Post",
    "Prefix",
    "Query",
    "QueryError",
    "QueryFault",
    "Slip",
    "Tag",
    "TextMatcher",
    "Told",
    "Word",
    "compile_rule",
    "parse",
    "printed",
    "tree",
]
