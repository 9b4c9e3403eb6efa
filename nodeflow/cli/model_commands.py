"""The commands about model files and their options: listing, converting, downloading."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from nodeflow.cli.options import JsonOption


def models(
    kind: Annotated[
        str | None, typer.Option("--kind", help="Only this kind, such as checkpoint or lora.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the models at hand and where they lie."""
    from nodeflow.cli.models import list_models

    raise typer.Exit(list_models(kind, as_json))


def convert(
    source: Annotated[
        str, typer.Argument(metavar="IN", help="A model: a file, a folder, or a name of `models`.")
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The file or folder to write.")],
    to: Annotated[
        str, typer.Option("--to", metavar="safetensors|diffusers|onnx", help="What to write.")
    ] = "safetensors",
    *,
    dtype: Annotated[
        str | None,
        typer.Option("--dtype", metavar="fp32|fp16|bf16|fp8", help="Precision to store; else as it is."),
    ] = None,
    loras: Annotated[
        list[str] | None,
        typer.Option("--merge-lora", metavar="FILE[:WEIGHT]", help="Merge a LoRA into it. Repeatable."),
    ] = None,
    checkpoints: Annotated[
        list[str] | None,
        typer.Option(
            "--merge-checkpoint",
            metavar="FILE[:SHARE]",
            help="Merge a share of another checkpoint, half of it by default. Repeatable.",
        ),
    ] = None,
    minus: Annotated[
        str | None,
        typer.Option(
            "--minus", metavar="FILE", help="What that was trained from: add what it learned since."
        ),
    ] = None,
    blocks: Annotated[
        str | None,
        typer.Option(
            "--blocks", metavar="SHARES", help="Shares of UNet blocks, as in0-3: 0.2, mid: 1, out: 0."
        ),
    ] = None,
    vae: Annotated[str | None, typer.Option("--vae", help="Put this VAE in place of the model's.")] = None,
    int8: Annotated[bool, typer.Option("--int8", help="For ONNX: matrices in 8 bits.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace OUT if it is a file.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Convert a model to another format. Prints where it is and its digest."""
    from nodeflow.cli.convert import run_convert

    code = run_convert(
        source,
        target,
        to,
        dtype=dtype,
        loras=loras or (),
        checkpoints=checkpoints or (),
        minus=minus,
        blocks=blocks,
        vae=vae,
        int8=int8,
        overwrite=overwrite,
        as_json=as_json,
    )
    raise typer.Exit(code)


def download(
    model: Annotated[str, typer.Argument(metavar="ID", help="A model of the Hugging Face Hub: owner/name.")],
    variant: Annotated[
        str, typer.Option("--variant", help="Which weights, such as fp16; else those of full precision.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Download without asking.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Download a model from the Hugging Face Hub, after saying how large it is."""
    from nodeflow.cli.download import run_download

    raise typer.Exit(run_download(model, variant, agreed=yes, as_json=as_json))
