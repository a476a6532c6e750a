"""The commands `otklik source …` and `otklik credential …`."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer

source_app = typer.Typer(no_args_is_help=True, help="Watched pages, channels, feeds.")
credential_app = typer.Typer(no_args_is_help=True, help="Tokens of networks, sealed.")

RegionOption = Annotated[str, typer.Option("--region", help="Code of the region.")]


def _print(value: object) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False))


async def source_add(  # noqa: PLR0913, PLR0917 -- the options of the command
    link: Annotated[str, typer.Argument(help="Any link to a page, channel or feed.")],
    region: RegionOption,
    name: Annotated[str | None, typer.Option(help="Name people see.")] = None,
    intake: Annotated[str, typer.Option(help="matched or all.")] = "matched",
    every: Annotated[
        int | None, typer.Option(min=10, max=86_400, help="Seconds between polls.")
    ] = None,
    place: Annotated[
        str | None, typer.Option(help="Code of the municipality it writes about.")
    ] = None,
    option: Annotated[
        list[str] | None, typer.Option(help="name=value of the network; repeatable.")
    ] = None,
    accept_notice: Annotated[
        bool, typer.Option("--accept-notice", help="Read and accepted.")
    ] = False,
) -> None:
    """Watch a page: the network is recognised by its link."""
    from infra.watching import add_source  # noqa: PLC0415 -- slow import
    from services.ingest.handlers.watching import Wish  # noqa: PLC0415 -- the same

    if intake not in {"matched", "all"}:
        raise typer.BadParameter("matched or all", param_hint="--intake")
    pairs = (each.partition("=") for each in option or ())
    wish = Wish(
        link,
        name,
        place,
        intake,
        every,
        options={key: value for key, _, value in pairs},
        accept_notice=accept_notice,
    )
    _print(await add_source(region, wish))


async def source_test(
    source_id: Annotated[str, typer.Argument(metavar="ID")],
) -> int:
    """Ask the network about a source now; exit code 1 when that fails."""
    from infra.watching import test_source  # noqa: PLC0415 -- slow import

    told = await test_source(source_id)
    _print(told)
    return 0 if told["ok"] else 1


async def source_list(
    region: Annotated[
        str | None, typer.Option("--region", help="Only this region.")
    ] = None,
) -> None:
    """List sources as JSON: health, lag, budget, last error."""
    from infra.watching import list_sources  # noqa: PLC0415 -- slow import

    _print(await list_sources(region))


async def credential_add(
    region: RegionOption,
    network: Annotated[str, typer.Option(help="vk, ok, telegram, …")],
    kind: Annotated[str, typer.Option(help="The network's word, such as service.")],
    label: Annotated[str, typer.Option(help="Name people see.")],
    expires: Annotated[datetime | None, typer.Option(help="When it ends, UTC.")] = None,
) -> None:
    """Seal a token; it is read from standard input, never from the command line.

    Either the bare token, or `name=value` lines for networks that need several.
    """
    from datetime import UTC  # noqa: PLC0415 -- used here alone

    from infra.watching import add_credential, secrets_from  # noqa: PLC0415 -- slow
    from services.ingest.handlers.credentials import Given  # noqa: PLC0415 -- the same

    until = None if expires is None else expires.replace(tzinfo=UTC)
    secrets = secrets_from(sys.stdin.read())
    _print(await add_credential(region, Given(network, kind, label, secrets, until)))


def install(app: typer.Typer, command: Callable[[Any], Any]) -> None:
    """Add the commands to the command line."""
    source_app.command("add")(command(source_add))
    source_app.command("test")(command(source_test))
    source_app.command("list")(command(source_list))
    credential_app.command("add")(command(credential_add))
    app.add_typer(source_app, name="source")
    app.add_typer(credential_app, name="credential")
