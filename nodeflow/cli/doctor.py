"""`nodeflow doctor`: what this machine can do, where SDXL's parts would run on it, and why."""

from __future__ import annotations

from pathlib import Path

from nodeflow.backends.onnx import report as onnx_report
from nodeflow.cli.output import print_json, say
from nodeflow.errors import ExitCode
from nodeflow.folders import Folders
from nodeflow.hardware import (
    KNOWN_SDXL,
    ComponentSize,
    Request,
    Wishes,
    component_sizes,
    detect,
    read_profile,
    report,
)
from nodeflow.models import Catalogue, ModelKind
from nodeflow.settings import read_settings


def run_doctor(
    profile: Path | None,
    checkpoint: str,
    as_json: bool,
    *,
    refiner: str = "",
    wishes: Wishes | None = None,
    size: tuple[int, int, int] = (1024, 1024, 1),
) -> ExitCode:
    """Explain how a machine would run SDXL.

    Args:
        profile: A file with another machine's profile, as `--json` prints it; None: this machine.
        checkpoint: Name or path of a checkpoint; empty: SDXL base, which need not be there.
        as_json: Print one JSON object instead of text.
        refiner: Name or path of a refiner to use as well; empty: none.
        wishes: What the command line wants; for this machine, the settings are asked too.
        size: Width and height of the pictures in pixels, and how many are made at once.

    Returns:
        `OUT_OF_MEMORY` if it would not fit.

    Raises:
        UsageError: If the device or the profile is unknown.
        MissingFile: If the profile or the checkpoint can't be read.
    """
    asked = wishes or Wishes()
    if profile is None:
        asked = asked.over(read_settings(Folders.from_environment()).wishes())
    machine = read_profile(profile) if profile else detect()
    sizes = _sizes(checkpoint, ModelKind.CHECKPOINT) if checkpoint else KNOWN_SDXL
    sizes += _sizes(refiner, ModelKind.REFINER) if refiner else ()
    name = " with ".join(filter(None, (checkpoint or "SDXL base", refiner)))
    told = report(machine, asked, Request(*size), sizes=sizes, name=name)
    if as_json:
        print_json({**told.to_json(), "onnx": None if profile else onnx_report.offered()})
    else:
        for line in (*told.lines(), *(() if profile else onnx_report.lines())):
            say(line)
    return ExitCode.DONE if told.placement.fits else ExitCode.OUT_OF_MEMORY


def _sizes(name: str, kind: ModelKind) -> tuple[ComponentSize, ...]:
    """The sizes of a checkpoint at a path, or of a name in the models folders."""
    path = Path(name).expanduser()  # the user typed it, so he may read it
    return component_sizes(
        path if path.exists() else Catalogue(Folders.from_environment()).find(name, kind).path
    )
