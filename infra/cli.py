"""The command line `otklik`: thin; each command calls what the services call."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec

import typer

from infra import cli_sources
from infra.embedded.errors import CannotStart
from infra.rule_commands import rules_app
from shared.errors import OtklikError

P = ParamSpec("P")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Otklik: an open complaint desk of a regional government.",
)
region_app = typer.Typer(no_args_is_help=True, help="Regions (tenants).")
user_app = typer.Typer(no_args_is_help=True, help="People and their roles.")
apikey_app = typer.Typer(no_args_is_help=True, help="Keys of other programs.")
app.add_typer(region_app, name="region")
app.add_typer(user_app, name="user")
app.add_typer(apikey_app, name="apikey")
app.add_typer(rules_app, name="rules")

RegionOption = Annotated[str, typer.Option("--region", help="Code of the region.")]


def command(action: Callable[P, Coroutine[Any, Any, int | None]]) -> Callable[P, None]:
    """Run an async command; an expected failure is one line, not a traceback."""

    @wraps(action)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            code = asyncio.run(action(*args, **kwargs))
        except (CannotStart, OtklikError, ValueError) as error:
            typer.echo(f"otklik: {error}", err=True)
            raise typer.Exit(1) from error
        except (ConnectionError, FileNotFoundError) as error:
            typer.echo(f"otklik: the database does not answer ({error})", err=True)
            raise typer.Exit(1) from error
        raise typer.Exit(code or 0)

    return run


cli_sources.install(app, command)


@app.command()
@command
async def up() -> None:
    """Start everything on this machine; Ctrl-C stops it."""
    from infra.embedded.run import up as start  # noqa: PLC0415 -- slow import

    await start()


@app.command()
@command
async def status() -> int:
    """Print every part, its version, ready or why not, as JSON."""
    from infra.status import report  # noqa: PLC0415 -- slow import

    found = await report()
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    return 0 if found["ready"] else 1


@app.command()
@command
async def migrate() -> None:
    """Bring the database to the newest version."""
    from infra.connect import known_secret, running  # noqa: PLC0415 -- slow import
    from infra.migrations.run import upgrade  # noqa: PLC0415 -- slow import

    changed = await upgrade(running().database_url, known_secret())
    typer.echo("migrated" if changed else "nothing to do")


@region_app.command("set")
@command
async def region_set(
    code: Annotated[str, typer.Argument(help="Code of the region.")],
    name: Annotated[str, typer.Argument(help="`rule_rejected_limit`.")],
    value: Annotated[float, typer.Argument(help="A share, e.g. 0.6.")],
) -> None:
    """Change a setting: the share of rejected hits at which a rule is flagged."""
    from infra.administration import set_region  # noqa: PLC0415 -- slow import

    await set_region(code, name, value)
    typer.echo(f"{name} of {code} is {value}")


@region_app.command("create")
@command
async def region_create(
    code: Annotated[str, typer.Argument(help="Short code, e.g. `north`.")],
    name: Annotated[str, typer.Argument(help="Name as people see it.")],
    zone: Annotated[str, typer.Option(help="IANA time zone.")] = "Europe/Moscow",
) -> None:
    """Create a region with the library of topics, rules and the calendar."""
    from infra.administration import create_region  # noqa: PLC0415 -- slow import

    await create_region(code, name, zone=zone)
    typer.echo(f"region {code} created")


@user_app.command("create")
@command
async def user_create(
    login: Annotated[str, typer.Argument()],
    region: RegionOption,
    role: Annotated[
        list[str],
        typer.Option(
            help="admin, moderator, executor, approver, leader, auditor; repeatable."
        ),
    ],
    name: Annotated[str, typer.Option(help="Name shown to colleagues.")] = "",
    authority: Annotated[
        str | None, typer.Option(help="Code of an executor's authority.")
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from stdin.")
    ] = False,
) -> None:
    """Create a person and print the password once."""
    from infra.administration import create_user  # noqa: PLC0415 -- slow import

    given = sys.stdin.readline().rstrip("\n") if password_stdin else None
    password = await create_user(
        login,
        region,
        role,
        name=name or login,
        authority=authority,
        password=given,
    )
    typer.echo("created" if given else password)


@apikey_app.command("create")
@command
async def apikey_create(
    region: Annotated[
        list[str], typer.Option("--region", help="Code of a region; repeatable.")
    ],
    scope: Annotated[
        list[str],
        typer.Option(
            "--scope",
            help="ingest:write, archive:read, triage:read, triage:write, reports:read,"
            " audit:read, admin; a service's name alone means all of its scopes.",
        ),
    ],
    name: Annotated[str, typer.Option(help="What the key is for.")] = "api",
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days it is good for.")] = (
        365
    ),
    user: Annotated[
        str | None,
        typer.Option(help="Login of the person who answers for what the key does."),
    ] = None,
) -> None:
    """Create an API key and print it, alone; it cannot be shown again."""
    from infra.administration import create_key  # noqa: PLC0415 -- slow import

    typer.echo(await create_key(region, scope, name=name, days=days, login=user))


@app.command("import")
@command
async def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    region: RegionOption,
    profile: Annotated[str, typer.Option(help="auto or im47.")] = "auto",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be taken in.")
    ] = False,
) -> int:
    """Take in a CSV, NDJSON or XLSX file and print the result as JSON."""
    from infra.file_import import import_posts  # noqa: PLC0415 -- slow import

    result = await import_posts(file, region, profile=profile, dry_run=dry_run)
    typer.echo(json.dumps(result, indent=2, ensure_ascii=False))
    return 0 if result["state"] in {"done", "previewed"} else 1


@app.command()
@command
async def reindex() -> None:
    """Build the search index anew from the database and swap it in."""
    from infra.administration import reindex as rebuild  # noqa: PLC0415 -- slow import

    count = await rebuild()
    typer.echo(f"{count} posts indexed")


@app.command("verify-audit")
@command
async def verify_audit() -> int:
    """Recompute every region's audit chain; exit code 1 when one is broken."""
    from infra.administration import verify_chains  # noqa: PLC0415 -- slow import

    broken = 0
    for chain in await verify_chains():
        typer.echo(json.dumps(chain, ensure_ascii=False))
        broken += not chain["intact"]
    return 1 if broken else 0


@app.command()
@command
async def sandbox(
    port: Annotated[int, typer.Option(help="Port on the loopback.")] = 8090,
    seed: Annotated[int, typer.Option(help="The same seed, the same world.")] = 1,
) -> None:
    """Run the fake networks alone on the loopback; Ctrl-C stops them."""
    from infra.sandbox.server import serve_alone  # noqa: PLC0415 -- slow import

    try:
        await serve_alone(port, seed, typer.echo)
    except OSError as error:
        raise ValueError(f"port {port} cannot be used: {error.strerror}") from error


def main() -> None:
    """Entry point of the console script."""
    app()


if __name__ == "__main__":
    main()
