"""`nodeflow download`: a model from the Hugging Face Hub, if you agree."""

from __future__ import annotations

import os
import sys

from nodeflow.cli.bars import shown
from nodeflow.cli.output import print_json, say
from nodeflow.errors import ExitCode, UsageError
from nodeflow.models.hub_download import Download, download, plan_download


def run_download(name: str, variant: str, *, agreed: bool, as_json: bool) -> ExitCode:
    """Download a model into the cache that all programs of the hub share, and say where it lies.

    Args:
        name: Its id.
        variant: The variant of its weights; empty: full precision.
        agreed: Whether to go on without asking.
        as_json: Whether to print JSON.

    Raises:
        UsageError: If that is no id, nobody can be asked, or the network may not be used.
        MissingFile: If there is no such model, or the download breaks off; calling again goes on.
    """
    endpoint = os.environ.get("HF_ENDPOINT")
    wanted = plan_download(name, variant, endpoint=endpoint)
    if wanted.missing and not agreed and not _agrees(wanted):
        return ExitCode.CANCELLED
    with shown(f"downloading {name}") as progress:
        folder = download(wanted, progress, endpoint=endpoint)
    if as_json:
        print_json({"event": "downloaded", "model": name, "path": str(folder), "bytes": wanted.nbytes})
    else:
        say(f"{name} lies in {folder}. Workflows know it by its id.")
    return ExitCode.DONE


def _agrees(wanted: Download) -> bool:
    import typer

    if not sys.stdin.isatty():
        raise UsageError(f"{wanted.name} takes {_size(wanted.missing)}", advice="Add --yes to download it")
    return typer.confirm(f"Download {_size(wanted.missing)} of {wanted.name}?", default=True, err=True)


def _size(nbytes: int) -> str:
    return f"{nbytes / 1e9:.1f} GB" if nbytes >= 10**8 else f"{nbytes / 1e6:.1f} MB"
