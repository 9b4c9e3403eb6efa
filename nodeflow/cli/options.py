"""Arguments and options that several commands take."""

from __future__ import annotations

from typing import Annotated

import typer

WorkflowArgument = Annotated[
    str,
    typer.Argument(
        metavar="WORKFLOW",
        help="A workflow file, a PNG saved with one inside, or the name of one that comes with nodeflow.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NODE.INPUT=VALUE", help="Set an input for this run. Repeatable."),
]
SeedOption = Annotated[
    int | None,
    typer.Option("--seed", min=0, max=2**64 - 1, help="Use this seed wherever a seed is asked for."),
]
QualityOption = Annotated[
    str | None,
    typer.Option("--quality", metavar="exact|balanced|fast", help="How far speed may cost faithfulness."),
]
DeviceOption = Annotated[
    str | None, typer.Option("--device", help="Use only this device, such as cpu, mps or cuda:1.")
]
ModeOption = Annotated[
    str | None, typer.Option("--mode", help="Use only this memory mode for the UNet; see `doctor`.")
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON, one object a line, for other programs.")
]
