"""The commands `otklik rules`: match files and check queries, without any server."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

rules_app = typer.Typer(
    no_args_is_help=True, help="Keyword rules, without any server (docs/rules.md)."
)

BAD_INPUT = 2

File = typer.Option(exists=True, dir_okay=False, readable=True)


class Language(StrEnum):
    """In which language a fault is told."""

    RU = "ru"
    EN = "en"


@rules_app.command("match")
def match(
    rules: Annotated[Path, File],
    posts: Annotated[Path, File],
) -> None:
    """Print a JSON line per post: {"id", "rules": ids in the order of the file}.

    Rules are lines {"id", "query"}, posts lines {"id", "text"} that may also have
    place, network, source, language, kind. A wrong line ends it with exit code 2.
    """
    from infra.rule_files import BadLine, matched  # noqa: PLC0415 -- slow import

    try:
        for line in matched(rules, posts):
            sys.stdout.write(line + "\n")
        sys.stdout.flush()
    except BadLine as error:
        sys.stdout.flush()
        typer.echo(f"otklik: {error}", err=True)
        raise typer.Exit(BAD_INPUT) from error


@rules_app.command("check", context_settings={"ignore_unknown_options": True})
def check(
    query: Annotated[str, typer.Argument(help="The query of a rule.")],
    lang: Annotated[
        Language, typer.Option(help="Language of the error.")
    ] = Language.RU,
) -> None:
    """Print how a query is read; exit code 1 and the reason when it cannot be read."""
    from infra.rule_files import checked  # noqa: PLC0415 -- slow import

    answer, is_right = checked(query, lang.value)
    typer.echo(answer)
    if not is_right:
        raise typer.Exit(1)
