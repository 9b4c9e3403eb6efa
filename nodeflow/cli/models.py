"""`nodeflow models`: which models are at hand."""

from __future__ import annotations

import sys
import textwrap

from nodeflow.cli.output import complain, print_json, say, table
from nodeflow.errors import ExitCode, MissingFile, UsageError
from nodeflow.files import Digests
from nodeflow.folders import Folders
from nodeflow.models import Catalogue, ModelKind, model_digest
from nodeflow.models.portrait import Portrait, Portrayer

_WIDEST = 40
"""Characters of trigger words in a table; JSON has all."""


def list_models(kind: str | None, as_json: bool) -> ExitCode:
    """Print the models in all models folders; as JSON with their digests, which are computed once."""
    folders = Folders.from_environment()
    entries = Catalogue(folders).entries(_kind(kind))
    portraits = list(Portrayer(folders.cache).portraits(entries))
    for portrait in portraits:
        if portrait.fault:
            complain(f"{portrait.entry.path} {portrait.fault}", "warning")
    if as_json:
        _print_json(portraits, Digests(folders.cache))
        return ExitCode.DONE
    headers = ("name", "kind", "architecture", "size", "trigger words", "where")
    table(headers, (_row(portrait) for portrait in portraits))
    say("\nModels folders: " + ", ".join(str(folder) for folder in folders.models))
    return ExitCode.DONE


def _kind(name: str | None) -> ModelKind | None:
    try:
        return None if name is None else ModelKind(name)
    except ValueError:
        advice = f"There are: {', '.join(ModelKind)}"
        raise UsageError(f"there is no kind of model {name!r}", advice=advice) from None


def _print_json(portraits: list[Portrait], digests: Digests) -> None:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(
        console=console, transient=True, disable=not console.is_terminal, redirect_stdout=sys.stdout.isatty()
    ) as progress:
        task = progress.add_task("reading models", total=len(portraits))
        for portrait in portraits:
            entry, digest = portrait.entry, None
            try:
                digest = model_digest(entry.path, digests)
            except MissingFile as error:
                complain(error, "warning")
            words = list(portrait.about.trigger_words)
            print_json({**entry.to_json(digest), "trigger_words": words, "fault": portrait.fault})
            progress.advance(task)


def _row(portrait: Portrait) -> tuple[str, ...]:
    entry, words = portrait.entry, ", ".join(portrait.about.trigger_words)
    megabytes = f"{entry.size_bytes / 1e6:,.0f} MB"
    where = "with nodeflow" if entry.bundled else str(entry.path)
    shown = textwrap.shorten(words, _WIDEST, placeholder=" …")
    return entry.name, str(entry.kind), str(entry.architecture), megabytes, shown, where
