"""`nodeflow convert`: models into other formats, with LoRAs and other checkpoints merged in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from nodeflow.cli.bars import shown
from nodeflow.cli.output import complain, print_json, say
from nodeflow.errors import ExitCode, NodeFailed, NodeflowError, UsageError
from nodeflow.files import Digests, read_any
from nodeflow.folders import Folders
from nodeflow.hardware import Dtype
from nodeflow.models import Architecture, Catalogue, ModelKind, model_digest
from nodeflow.models.catalogue import check_whole
from nodeflow.models.entry import is_model_folder
from nodeflow.models.sniff import recognise
from nodeflow.values import Layout, LoraPatch, MergePatch, ModelRecipe
from nodeflow.values.blocks import read_blocks

Progress = Callable[[int, int], object]
Warn = Callable[[str], object]
Choice = TypeVar("Choice", bound=StrEnum)
CHECKPOINTS = (ModelKind.CHECKPOINT, ModelKind.REFINER)


class Target(StrEnum):
    """What a model can be converted to."""

    SAFETENSORS = "safetensors"
    DIFFUSERS = "diffusers"
    ONNX = "onnx"


@dataclass(frozen=True)
class Wanted:
    """What is to be converted, and how.

    Attributes:
        model: The model, with all that is merged into it.
        target: The file or folder to write.
        dtype: The precision to store; None: as it is.
        int8: For ONNX: whether matrices are stored and multiplied in 8 bits.
    """

    model: ModelRecipe
    target: Path
    dtype: Dtype | None = None
    int8: bool = False


def run_convert(
    name: str,
    target: Path,
    to: str,
    *,
    dtype: str | None = None,
    loras: Sequence[str] = (),
    checkpoints: Sequence[str] = (),
    minus: str | None = None,
    blocks: str | None = None,
    vae: str | None = None,
    int8: bool = False,
    overwrite: bool = False,
    as_json: bool = False,
) -> ExitCode:
    """Convert a model and print where it is and its digest.

    Args:
        name: A path, or a name in the models folders.
        target: The file or folder to write.
        to: A `Target`.
        dtype: A `Dtype`; None: as it is.
        loras: LoRAs to merge, each `FILE` or `FILE:WEIGHT`.
        checkpoints: Checkpoints to merge, likewise.
        minus: What the merged checkpoint was trained from: then what it has learned since is added.
        blocks: Shares of single blocks of the UNet, see `read_blocks`.
        vae: A VAE to put in place of the model's.
        int8: For ONNX: whether matrices are stored and multiplied in 8 bits.
        overwrite: Whether a file that is there may be replaced.
        as_json: Whether to print JSON.

    Raises:
        UsageError: If an option is wrong, or the target is in the way.
        MissingFile: If a model is missing or damaged, or the target cannot be written.
        NodeFailed: If a model is not SDXL, or what is to be merged does not fit it.
    """
    if find_spec("torch") is None:
        raise UsageError("converting needs torch", advice="Install it with: pip install 'nodeflow[torch]'")
    kind, path = _chosen(Target, to, "--to"), _path(name, *CHECKPOINTS)
    model = ModelRecipe(Path(name).stem, path, _patches(_merges(checkpoints, minus, blocks), loras))
    model = model.with_vae(None if vae is None else _fitting(vae, ModelKind.VAE))
    wanted = Wanted(model, target, None if dtype is None else _chosen(Dtype, dtype, "--dtype"), int8)
    _check(wanted, overwrite=overwrite)
    with shown(f"writing {target.name}") as progress, _without_inputs():
        _WRITERS[kind](wanted, progress, lambda message: complain(message, "warning"))
    with shown(f"checking {target.name}") as progress:
        digest = model_digest(target, Digests(Folders.from_environment().cache), progress)
    if as_json:
        print_json({"event": "converted", "path": str(target), "digest": digest})
    else:
        say(f"{target}\n{digest}")
    return ExitCode.DONE


def _write_model(layout: Layout, wanted: Wanted, progress: Progress, warn: Warn) -> None:
    from nodeflow.backends.torch.converting import write_model, write_tensors
    from nodeflow.backends.torch.headers import is_checkpoint

    source = wanted.model.path
    if layout is Layout.SAFETENSORS and source.is_file() and not is_checkpoint(source):
        if wanted.model.patches or wanted.model.vae:
            raise UsageError(f"{source} is no checkpoint, so nothing can be merged into it")
        write_tensors(source, wanted.target, dtype=wanted.dtype, progress=progress)
    else:
        write_model(wanted.model, wanted.target, layout, dtype=wanted.dtype, progress=progress, warn=warn)


def _write_safetensors(wanted: Wanted, progress: Progress, warn: Warn) -> None:
    if wanted.target.suffix != ".safetensors":
        raise UsageError(f"{wanted.target} should end in .safetensors")
    _write_model(Layout.SAFETENSORS, wanted, progress, warn)


def _write_diffusers(wanted: Wanted, progress: Progress, warn: Warn) -> None:
    _write_model(Layout.DIFFUSERS, wanted, progress, warn)


def _write_onnx(wanted: Wanted, progress: Progress, warn: Warn) -> None:
    from nodeflow.backends.torch.exporting import export_model

    dtype = wanted.dtype or Dtype.FP32
    export_model(wanted.model, wanted.target, dtype=dtype, int8=wanted.int8, progress=progress, warn=warn)


_WRITERS = {
    Target.SAFETENSORS: _write_safetensors,
    Target.DIFFUSERS: _write_diffusers,
    Target.ONNX: _write_onnx,
}


def _chosen(kind: type[Choice], name: str, option: str) -> Choice:
    try:
        return kind(name)
    except ValueError:
        raise UsageError(f"{option} cannot be {name!r}", advice=f"There are: {', '.join(kind)}") from None


def _path(name: str, *kinds: ModelKind) -> Path:
    """A model at a path, or of a name in the models folders."""
    path = Path(name).expanduser()  # the user typed it, so he may read it
    if path.is_file() or is_model_folder(path):
        check_whole(path)
    if path.exists():
        return path
    catalogue = Catalogue(Folders.from_environment())
    known = [entry for kind in kinds for entry in catalogue.entries(kind) if entry.name == name]
    return known[0].path if known else catalogue.find(name, kinds[0]).path


def _fitting(name: str, *kinds: ModelKind) -> Path:
    """The path of a model that goes into another one: it must not be made for another family."""
    path = _path(name, *kinds)
    if path.is_file():
        family = recognise(
            {name: tensor.shape for name, tensor in read_any(path).tensors.items()}
        ).architecture
        if family not in (Architecture.SDXL, Architecture.SDXL_REFINER, Architecture.UNKNOWN):
            message = f"{path} was made for {family.label}, not for SDXL"
            raise NodeFailed(message, advice="Choose one made for SDXL")
    return path


@contextmanager
def _without_inputs() -> Iterator[None]:
    """Name no inputs in errors: there is no node that they could be of."""
    try:
        yield
    except NodeflowError as error:
        error.input = None
        raise


def _patches(merges: Iterable[MergePatch], loras: Sequence[str]) -> tuple[LoraPatch | MergePatch, ...]:
    """What is to be merged: checkpoints first, since LoRAs are meant for what comes of them."""
    patches = []
    for name, weight in map(_weighed, loras):
        strength = 1.0 if weight is None else weight
        patches.append(LoraPatch(Path(name).stem, _fitting(name, ModelKind.LORA), strength, strength))
    return (*merges, *patches)


def _merges(checkpoints: Sequence[str], minus: str | None, blocks: str | None) -> Iterator[MergePatch]:
    """The checkpoints to merge, of which `minus` and `blocks` can mean one alone."""
    if len(checkpoints) != 1 and not (minus is None and blocks is None):
        option = "--blocks" if minus is None else "--minus"
        advice = f"Convert once for each, with its {option}" if checkpoints else None
        raise UsageError(f"{option} takes one --merge-checkpoint, not {len(checkpoints)}", advice=advice)
    third = None if minus is None else _fitting(minus, *CHECKPOINTS)
    single = _blocks(blocks or "")
    for name, weight in map(_weighed, checkpoints):
        share = 0.5 if weight is None else weight
        path = _fitting(name, *CHECKPOINTS)
        yield MergePatch(Path(name).stem, path, share, share, share, third, single)


def _blocks(text: str) -> tuple[tuple[str, float], ...]:
    try:
        return read_blocks(text)
    except NodeFailed as error:
        raise UsageError(f"--blocks: {error.message}", advice=error.advice) from None


def _weighed(text: str) -> tuple[str, float | None]:
    """`FILE:WEIGHT` parted; a colon may also belong to a drive."""
    name, colon, number = text.rpartition(":")
    try:
        return (name, float(number)) if colon else (text, None)
    except ValueError:
        return text, None


def _check(wanted: Wanted, *, overwrite: bool) -> None:
    target, source = wanted.target, wanted.model.path
    if target.exists() and target.samefile(source):
        raise UsageError(f"{target} is the model itself", advice="Choose another name")
    if target.exists() and not (overwrite and target.is_file()):
        advice = "Choose another name, or add --overwrite" if target.is_file() else "Choose another name"
        raise UsageError(f"{target} exists already", advice=advice)
