"""Exports a model to ONNX: every network with what is merged into it, and a manifest. Whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from nodeflow.backends.torch.access import TOKENIZERS
from nodeflow.backends.torch.backend import TorchBackend
from nodeflow.backends.torch.converting import write_model
from nodeflow.backends.torch.graphs import write_graph
from nodeflow.backends.torch.networks import traced
from nodeflow.backends.torch.prediction import with_patches
from nodeflow.backends.torch.source import Source, locate_model
from nodeflow.errors import MissingFile, NodeFailed
from nodeflow.files.atomic import umask
from nodeflow.hardware import Dtype, Mode, Part, component_sizes
from nodeflow.models.exported import (
    MANIFEST,
    ExportedModel,
    ExportedNetwork,
    ExportedText,
    ExportedTokenizer,
    ExportedUnet,
    ExportedVae,
    Network,
    is_exported,
)
from nodeflow.values import LATENT_SCALE, Layout, LoraPatch, ModelRecipe
from nodeflow.version import __version__

Progress = Callable[[int, int], object]
"""Told the parameters of the networks that are exported, and of all; may raise to stop."""
Warn = Callable[[str], object]

_PARTS = {
    Network.TEXT_ENCODER: Part.TEXT_ENCODER,
    Network.TEXT_ENCODER_2: Part.TEXT_ENCODER_2,
    Network.UNET: Part.UNET,
    Network.VAE_ENCODER: Part.VAE,
    Network.VAE_DECODER: Part.VAE,
}
_WORST = {Dtype.FP32: 1e-3, Dtype.FP16: 5e-2}
"""How far a network may be from torch's, as a share of its largest output, before the export is refused."""
_WORST_INT8 = 0.5


def export_model(
    model: ModelRecipe,
    target: Path,
    *,
    dtype: Dtype = Dtype.FP32,
    int8: bool = False,
    progress: Progress | None = None,
    warn: Warn | None = None,
) -> ExportedModel:
    """Export a model, as its recipe says: with its LoRAs merged, and another VAE in place of its own.

    Args:
        model: The model.
        target: The folder to write, which must not exist.
        dtype: The precision of its weights: float32 or float16. A VAE that would overflow stays in float32.
        int8: Whether the matrices of text encoders and UNet are kept and multiplied in 8 bits.
        progress: Told how far it is; may raise to stop.
        warn: Told what of a LoRA could not be merged.

    Returns:
        What was written.

    Raises:
        MissingFile: If the model is missing or damaged, or the folder exists or cannot be written.
        NodeFailed: If the model is not SDXL, a LoRA does not fit it, or a network computes something else.
    """
    if dtype not in _WORST:
        raise NodeFailed(f"ONNX models cannot be exported in {dtype}", advice=f"Use {' or '.join(_WORST)}")
    if is_exported(model.path):
        advice = "Export the checkpoint that it was made from"
        raise NodeFailed(f"'{model.name}' is exported to ONNX already", advice=advice)
    with _new_folder(target) as draft, _merged(model, draft, dtype, warn) as whole:
        found = _Export(whole, locate_model(whole), draft, dtype, int8).write(progress)
        words, scheduler = list(map(_in_words, model.patches)), with_patches(found.scheduler, model.patches)
        found = replace(found, merged=words, scheduler=scheduler)
        (draft / MANIFEST).write_text(found.dump(), "utf-8")
    return ExportedModel.read(target)


@dataclass(frozen=True)
class _Export:
    model: ModelRecipe
    source: Source
    folder: Path
    dtype: Dtype
    int8: bool

    def write(self, progress: Progress | None) -> ExportedModel:
        """Write every network and tokenizer; what the manifest says of them."""
        wanted = [network for network, part in _PARTS.items() if part in self.source.places]
        sizes = self._sizes(wanted)
        networks: dict[Network, ExportedNetwork] = {}
        texts: dict[Network, ExportedText] = {}
        unet: ExportedUnet | None = None
        for network in wanted:
            if progress is not None:
                progress(sum(sizes[name] for name in networks), sum(sizes.values()))
            with self._module(_PARTS[network]) as module:
                if _PARTS[network].reads_text:
                    texts[network] = ExportedText(module.config.num_hidden_layers, module.config.hidden_size)
                if network is Network.UNET:
                    unet = self._unet(module.config)
                networks[network] = self._network(network, module)
        if progress is not None:
            progress(sum(sizes.values()), sum(sizes.values()))
        assert unet is not None  # noqa: S101 - no model is without
        kind = "refiner" if self.source.is_refiner else "base"
        return ExportedModel(
            self.folder,
            self.model.name,
            kind,
            str(self.dtype),
            self.int8,
            [],
            networks,
            {network: self._tokenizer(network) for network in texts},
            texts,
            unet,
            self._vae(),
            dict(self.source.scheduler),
            {"nodeflow": __version__, "torch": torch.__version__, "onnx": version("onnx")},
        )

    @contextmanager
    def _module(self, part: Part) -> Iterator[Any]:
        """A part's module, alone in memory."""
        backend = TorchBackend("cpu")
        try:
            with backend.lease(self.model, part, mode=Mode.FULL) as lease:
                yield lease[part].module
        finally:
            backend.close()

    def _network(self, network: Network, module: Any) -> ExportedNetwork:
        half = self.dtype is Dtype.FP16 and not _overflows(network, module)
        sizes = 5 if self.source.wants_aesthetics else 6
        wanted = traced(network, module, sizes)
        quantised = self.int8 and network not in (Network.VAE_ENCODER, Network.VAE_DECODER)
        file = self.folder / network / "model.onnx"
        file.parent.mkdir()
        graph = write_graph(wanted, file, half=half, int8=quantised)
        worst = _WORST_INT8 if quantised else _WORST[Dtype.FP16 if half else Dtype.FP32]
        if not graph.error <= worst:
            raise NodeFailed(f"the exported {network} differs from torch's by {graph.error:.2g} of its range")
        files = sorted(path for path in file.parent.iterdir())
        return ExportedNetwork(
            f"{network}/model.onnx",
            {f"{network}/{path.name}": _digest(path) for path in files},
            sum(parameter.numel() for parameter in wanted.module.parameters()),
            graph.error,
            graph.inputs,
            graph.outputs,
        )

    def _sizes(self, wanted: list[Network]) -> dict[Network, int]:
        known = {size.part: size.parameters for size in component_sizes(self.model.path)}
        return {network: known.get(_PARTS[network], 1) for network in wanted}

    def _tokenizer(self, network: Network) -> ExportedTokenizer:
        part = TOKENIZERS[_PARTS[network]]
        _copy_vocabulary(self.source.place(part), self.folder / part)
        with self._module(part) as found:
            marks = found.bos_token_id, found.eos_token_id, found.pad_token_id
        return ExportedTokenizer(str(part), *marks)

    def _unet(self, config: Any) -> ExportedUnet:
        """What a UNet takes, by its config as it was loaded: weights tell what a single file says nowhere."""
        return ExportedUnet(
            config.in_channels,
            config.cross_attention_dim,
            config.projection_class_embeddings_input_dim,
            config.addition_time_embed_dim,
            self.source.wants_aesthetics,
        )

    def _vae(self) -> ExportedVae:
        config = _config(self.source, Part.VAE)
        mean, std = config.get("latents_mean"), config.get("latents_std")
        return ExportedVae(config["latent_channels"], LATENT_SCALE, config["scaling_factor"], mean, std)


def _config(source: Source, part: Part) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((source.configs[part] / "config.json").read_text("utf-8"))
    return found


def _in_words(patch: Any) -> str:
    if not isinstance(patch, LoraPatch):
        return f"{type(patch).__name__} '{getattr(patch, 'name', '')}'"
    weights = f"{patch.unet_weight:g} on the UNet, {patch.text_encoder_weight:g} on the text encoders"
    return f"LoRA '{patch.name}', {weights}"


@contextmanager
def _merged(
    model: ModelRecipe, beside: Path, dtype: Dtype, warn: Callable[[str], object] | None
) -> Iterator[ModelRecipe]:
    """The model with all that its recipe says in its weights, for the time in a folder where need be."""
    if not (model.patches or model.vae or model.parts):
        yield model
        return
    with tempfile.TemporaryDirectory(prefix=".", dir=beside.parent) as folder:
        whole = Path(folder) / "merged"
        write_model(model, whole, Layout.DIFFUSERS, dtype=dtype, warn=warn)
        yield ModelRecipe(model.name, whole)


def _overflows(network: Network, module: Any) -> bool:
    """Whether a VAE says that it may not compute in float16."""
    return network.startswith(Part.VAE) and bool(module.config.get("force_upcast", True))


def _copy_vocabulary(folder: Path, target: Path) -> None:
    target.mkdir()
    names = ("vocab.json", "merges.txt")
    if all((folder / name).is_file() for name in names):
        for name in names:
            shutil.copyfile(folder / name, target / name)
        return
    model = json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]
    merges = [pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"]]
    (target / names[0]).write_text(json.dumps(model["vocab"], ensure_ascii=False), "utf-8")
    (target / names[1]).write_text("\n".join(["#version: 0.2", *merges, ""]), "utf-8")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _new_folder(target: Path) -> Iterator[Path]:
    """A folder beside the target that takes its name at the end, or is gone."""
    if target.exists():
        raise MissingFile(f"{target} is in the way", advice="Choose another name")
    try:
        draft = Path(tempfile.mkdtemp(prefix=".", dir=target.parent))
    except OSError as error:
        raise MissingFile(f"{target} cannot be written: {error.strerror or error}") from error
    try:
        yield draft
        draft.chmod(0o777 & ~umask())
        draft.rename(target)
    except OSError as error:
        raise MissingFile(f"{target} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
