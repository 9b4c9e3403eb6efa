"""`nodeflow models`: which models are at hand."""

from __future__ import annotations

import sys

from nodeflow.cli.output import complain, print_json, say, table
from nodeflow.errors import ExitCode, MissingFile, UsageError
from nodeflow.files import Digests
from nodeflow.folders import Folders
from nodeflow.models import Catalogue, ModelEntry, ModelKind, model_digest


def list_models(kind: str | None, as_json: bool) -> ExitCode:
    """Print the models in all models folders; as JSON with their digests, which are computed once."""
    folders = Folders.from_environment()
    entries = Catalogue(folders).entries(_kind(kind))
    if as_json:
        _print_json(entries, Digests(folders.cache))
        return ExitCode.DONE
    table(("name", "kind", "architecture", "size", "where"), (_row(entry) for entry in entries))
    say("\nModels folders: " + ", ".join(str(folder) for folder in folders.models))
    return ExitCode.DONE


def _kind(name: str | None) -> ModelKind | None:
    try:
        return None if name is None else ModelKind(name)
    except ValueError:
        advice = f"There are: {', '.join(ModelKind)}"
        raise UsageError(f"there is no kind of model {name!r}", advice=advice) from None


def _print_json(entries: list[ModelEntry], digests: Digests) -> None:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(
        console=console, transient=True, disable=not console.is_terminal, redirect_stdout=sys.stdout.isatty()
    ) as progress:
        task = progress.add_task("reading models", total=len(entries))
        for entry in entries:
            digest = None
            try:
                digest = model_digest(entry.path, digests)
            except MissingFile as error:
                complain(error, "warning")
            print_json(entry.to_json(digest))
            progress.advance(task)


def _row(entry: ModelEntry) -> tuple[str, ...]:
    megabytes = f"{entry.size_bytes / 1e6:,.0f} MB"
    where = "with nodeflow" if entry.bundled else str(entry.path)
    return entry.name, str(entry.kind), str(entry.architecture), megabytes, where
