"""LoRAs as peft adapters on shared modules: loaded once per file, switched on with weights before use."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Container, Sequence
from typing import Any

import torch
from diffusers import StableDiffusionXLPipeline
from diffusers.utils.peft_utils import (
    delete_adapter_layers,
    set_adapter_layers,
    set_weights_and_activate_adapters,
)

from nodeflow.backends.protocol import Monitor
from nodeflow.backends.torch.altering import ALTERING
from nodeflow.backends.torch.baking import baked
from nodeflow.backends.torch.component import BUILDING, Adapter, Component
from nodeflow.backends.torch.headers import read_shapes_of, read_weights
from nodeflow.backends.torch.layouts import to_diffusers
from nodeflow.backends.torch.lora_file import METADATA, PREFIXES, as_adapter, layers_of, part_of
from nodeflow.backends.torch.memory import is_memory_error
from nodeflow.backends.torch.merging import left_out_message, misfit
from nodeflow.backends.torch.modes import changing, rebuilding
from nodeflow.backends.torch.stamp import Stamp, stamp
from nodeflow.backends.torch.weight import Weight
from nodeflow.errors import NodeFailed
from nodeflow.hardware import Part
from nodeflow.values import LoraPatch, Patch

_UNDERSCORED = tuple(prefix for own in PREFIXES.values() for prefix in own if prefix.endswith("_"))
"""How names begin that kohya's scripts and LyCORIS write."""
_OF_PEFT = "base_model.model."
"""What peft puts before the names of layers, where diffusers does not take it out."""

_SPARE = 8
"""How many LoRAs that a call does not use stay loaded on a component, in case the next one does."""

_numbers = itertools.count()


def apply(component: Component, part: Part, patches: Sequence[Patch], monitor: Monitor) -> None:
    """Switch a component to exactly these patches, loading them first where needed.

    Args:
        component: UNet or text encoder; its lock is held.
        part: Which of them it is.
        patches: The stack, each with a weight that is not 0 for this part. The same file twice adds up; those
            that leave weights alone are left to `altering`, and those that are baked in are there already.
        monitor: Told about weights in a file that the model has no place for.

    Raises:
        MissingFile: If a file is missing or damaged.
        NodeFailed: If a LoRA was made for another kind of model, or a patch is of an unknown kind.
    """
    weights: dict[str, float] = {}
    for message in component.told:
        monitor.warn(message)
    inside = baked(part, patches)
    for patch in patches:
        if isinstance(patch, ALTERING) or patch in inside:
            continue
        if not isinstance(patch, LoraPatch):
            raise NodeFailed(f"the torch backend cannot apply a {type(patch).__name__}", input="model")
        adapter = _adapter(component, part, patch)
        if adapter.left_out:
            monitor.warn(left_out_message(patch, adapter.left_out))
        if adapter.applies:
            weight = patch.unet_weight if part is Part.UNET else patch.text_encoder_weight
            weights[adapter.name] = weights.get(adapter.name, 0.0) + weight
    with changing(component):
        if component.adapters:  # else there is nothing to switch in the whole module
            set_adapter_layers(component.module, enabled=bool(weights))
        if weights:
            set_weights_and_activate_adapters(component.module, list(weights), list(weights.values()))
        _let_go_of_spare(component, weights)


def tell_lacking(parts: Container[Part], patches: Sequence[Patch], monitor: Monitor) -> None:
    """Tell what LoRAs hold for text encoders that a model lacks, as a refiner does the first.

    Args:
        parts: The components that the model has.
        patches: The stack, each with a weight that is not 0 for the text encoders.
        monitor: Told.
    """
    for patch in patches:
        if isinstance(patch, LoraPatch):
            meant = {name: part_of(name) for name in read_shapes_of(patch.path)}
            lost = [name for name, part in meant.items() if part.reads_text and part not in parts]
            matrices = sorted(name for name in lost if not name.endswith(".alpha"))
            if matrices:
                monitor.warn(left_out_message(patch, matrices))


def _let_go_of_spare(component: Component, used: Container[str]) -> None:
    """Delete the adapters that have waited for longest, if there are many."""
    spare = [file for file, adapter in component.adapters.items() if adapter.name not in used]
    for file in spare[: max(len(spare) - _SPARE, 0)]:
        delete_adapter_layers(component.module, component.adapters.pop(file).name)


def _adapter(component: Component, part: Part, patch: LoraPatch) -> Adapter:
    current = stamp(patch.path)
    adapter = component.adapters.pop(patch.path, None)
    if adapter is not None and adapter.stamp != current:
        delete_adapter_layers(component.module, adapter.name)
        adapter = None
    if adapter is None:
        adapter = _load(component, part, patch, current)
    component.adapters[patch.path] = adapter  # last, as the most recently used
    return adapter


def _load(component: Component, part: Part, patch: LoraPatch, current: Stamp) -> Adapter:
    weights, metadata = read_weights(patch.path)
    own = {name: tensor for name, tensor in weights.items() if part_of(name) is part}
    name, module = f"lora{next(_numbers)}", component.module
    if not own:
        return Adapter(name, current, applies=False, left_out=())
    try:
        with BUILDING, rebuilding(component):
            _inject(module, part, own, metadata, name)
            left_out = _left_out(component, own, name)
    except (ValueError, RuntimeError, KeyError, AttributeError, IndexError, TypeError, MemoryError) as error:
        delete_adapter_layers(module, name)
        if is_memory_error(error):
            raise
        raise misfit(patch, own) from error
    if len(left_out) == len(_matrices(own)):
        delete_adapter_layers(module, name)
        raise misfit(patch, own)
    return Adapter(name, current, applies=True, left_out=left_out)


def _inject(
    module: Any, part: Part, weights: dict[str, torch.Tensor], metadata: dict[str, str], name: str
) -> None:
    """Have diffusers add the layers, in peft's layout.

    Those of others than diffusers are read by `lora_file`: diffusers would drop DoRA's magnitudes, refuse a
    file for one unknown weight, and does not know all of the names.
    """
    if any(key.startswith(_UNDERSCORED) or _OF_PEFT in key for key in weights):
        converted, alphas = _of_others(module, part, weights)
    else:
        converted, alphas = StableDiffusionXLPipeline.lora_state_dict(dict(weights))
    # What transformers looks for is the parameter inside of peft's magnitudes.
    converted = {
        f"{name}.weight" if name.endswith(".lora_magnitude_vector") else name: tensor
        for name, tensor in converted.items()
    }
    settings = json.loads(metadata[METADATA]) if METADATA in metadata and not alphas else None
    common: dict[str, Any] = {"network_alphas": alphas, "adapter_name": name, "metadata": settings}
    if part is Part.UNET:
        StableDiffusionXLPipeline.load_lora_into_unet(converted, unet=module, **common)
    else:
        StableDiffusionXLPipeline.load_lora_into_text_encoder(
            converted, text_encoder=module, prefix=part.value, **common
        )


def _of_others(
    module: Any, part: Part, weights: dict[str, torch.Tensor]
) -> tuple[dict[str, torch.Tensor], dict[str, float]]:
    """Turn other layouts into diffusers', as far as the module has such layers."""
    blank = {_plain(name): Weight.of(tensor) for name, tensor in module.state_dict().items()}
    own = to_diffusers(part, {name: weight for name, weight in blank.items() if ".lora_" not in name})
    layers = layers_of(part, own, weights, {}).layers
    usable = {name: layer for name, layer in layers.items() if {"down", "up"} <= layer.tensors.keys()}
    if not usable:
        raise ValueError("none of its layers is in the module")
    state, alphas = as_adapter(part, usable, {name: len(own[f"{name}.weight"].shape) for name in usable})
    return state, alphas if hasattr(module, "text_model") else {_flat(name): a for name, a in alphas.items()}


def _flat(name: str) -> str:
    """A name in newer encoders, without a wrapper; diffusers takes it out of names of weights alone."""
    return name.replace("text_encoder.text_model.", "text_encoder.", 1)


def _plain(name: str) -> str:
    """A weight's name in a module, whether or not there are adapters around it."""
    return name.replace(".base_layer.", ".")


def _matrices(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """All but the alphas, which become factors rather than weights."""
    return {name: tensor for name, tensor in weights.items() if not name.endswith(".alpha")}


def _left_out(component: Component, weights: dict[str, torch.Tensor], name: str) -> tuple[str, ...]:
    """Names of the weights whose values are in none of the adapter's parameters, whatever their names."""
    mark, dtype, state = f".{name}.", component.dtype, component.module.state_dict()
    applied = {_digest(tensor, dtype) for key, tensor in state.items() if mark in key}
    matrices = _matrices(weights).items()
    return tuple(sorted(key for key, tensor in matrices if _digest(tensor, dtype) not in applied))


def _digest(tensor: torch.Tensor, dtype: torch.dtype) -> bytes:
    """Identify values in the module's precision, regardless of shape (layouts differ in trailing ones)."""
    values = tensor.detach().to("cpu", dtype).float().contiguous().numpy()
    return hashlib.blake2b(values.tobytes(), digest_size=16).digest()
