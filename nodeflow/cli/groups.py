"""Commands that have commands of their own: `nodeflow cache …` and `nodeflow desktop …`."""

from __future__ import annotations

from typing import Annotated

import typer

from nodeflow.cli.options import JsonOption

cache_app = typer.Typer(help="Look after the results that are kept to be used again.", no_args_is_help=True)


@cache_app.command()
def info(as_json: JsonOption = False) -> None:
    """Say where the cache lies, how large it is, and what fills it."""
    from nodeflow.cli.cache import cache_info

    raise typer.Exit(cache_info(as_json))


@cache_app.command()
def verify(as_json: JsonOption = False) -> None:
    """Check every result and remove what is damaged."""
    from nodeflow.cli.cache import cache_verify

    raise typer.Exit(cache_verify(as_json))


@cache_app.command()
def prune(
    to: Annotated[
        str | None, typer.Option("--to", metavar="SIZE", help="What may stay, such as 5GB.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Remove the results that were not used for longest."""
    from nodeflow.cli.cache import cache_prune

    raise typer.Exit(cache_prune(to, as_json))


@cache_app.command()
def clear(as_json: JsonOption = False) -> None:
    """Remove all results."""
    from nodeflow.cli.cache import cache_clear

    raise typer.Exit(cache_clear(as_json))


desktop_app = typer.Typer(help="Put the program into the menu of a Linux desktop.", no_args_is_help=True)


@desktop_app.command()
def install() -> None:
    """Install menu entry, icon and the type of workflow files, for this user."""
    from nodeflow.cli.desktop import run_desktop

    raise typer.Exit(run_desktop(into=True))


@desktop_app.command()
def remove() -> None:
    """Remove them again."""
    from nodeflow.cli.desktop import run_desktop

    raise typer.Exit(run_desktop(into=False))
