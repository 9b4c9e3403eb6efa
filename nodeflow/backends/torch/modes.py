"""Where a component's weights are while it works and while it waits, through diffusers' hooks where need be.

The functions here change a component; whoever calls them holds its lock, or is the only one to know it.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import torch
from diffusers.hooks import HookRegistry, apply_group_offloading
from diffusers.hooks import group_offloading as hooks

from nodeflow.backends.torch.component import Component
from nodeflow.backends.torch.device import mark, torch_dtype
from nodeflow.hardware import Mode
from nodeflow.values import LATENT_SCALE

BY_LAYER = frozenset({Mode.GROUP_OFFLOAD, Mode.SEQUENTIAL, Mode.DISK})
"""Modes in which weights come layer by layer, by hooks that a module keeps for as long as it lives."""


def compatible(one: Mode, other: Mode) -> bool:
    """Whether a loaded component can change from one mode to the other without being loaded anew."""
    return one is other or not {one, other} & BY_LAYER


def engage(component: Component) -> None:
    """Set a freshly loaded component up for its mode and for its weights' precision."""
    placed = component.placed
    if placed is None:
        return
    mark(component.module, component.device, component.dtype)
    component.on_device = placed.mode in (Mode.FULL, Mode.RELOAD) or placed.device.address == "cpu"
    if placed.weights is not placed.dtype:
        component.module.enable_layerwise_casting(
            storage_dtype=torch_dtype(placed.weights), compute_dtype=component.dtype
        )
    if placed.mode in BY_LAYER:
        component.on_device = False
        component.module.register_forward_pre_hook(_InputsTo(component.device), with_kwargs=True)
        _offload_layers(component)


def can_compile(component: Component) -> bool:
    """Whether its blocks can be compiled: not together with hooks that fetch or widen weights."""
    placed = component.placed
    return placed is not None and placed.mode not in BY_LAYER and placed.weights is placed.dtype


def move(component: Component, device: torch.device) -> None:
    """Move all weights of a component to its device, or back to RAM to wait.

    Where there is too little room for them, those that were moved already go back rather than fill it.
    """
    with torch.inference_mode(False):  # a preview may have it moved in the middle of sampling
        try:
            component.module.to(device)
        except RuntimeError:
            component.module.to("cpu")
            component.on_device = component.device.type == "cpu"
            raise
    component.on_device = device == component.device


def changing(component: Component) -> AbstractContextManager[None]:
    """Allow what torch forbids outside of inference mode, where hooks have filled weights within it."""
    by_layer = component.placed is not None and component.placed.mode in BY_LAYER
    return torch.inference_mode(by_layer)


@contextmanager
def rebuilding(component: Component) -> Iterator[None]:
    """Let layers be put into a component, whatever its mode.

    New layers take device and precision from the ones that they are put onto, so those show what they compute
    in for the time, at no cost in memory; and afterwards the new ones are offloaded too.
    """
    narrow = [p for p in component.module.parameters() if p.dtype.itemsize < component.dtype.itemsize]
    kept = [parameter.data for parameter in narrow]
    with changing(component):
        for parameter in narrow:
            parameter.data = parameter.data.new_empty(1, dtype=component.dtype).expand(parameter.shape)
        try:
            yield
        finally:
            for parameter, data in zip(narrow, kept, strict=True):
                parameter.data = data
            if component.placed is not None and component.placed.mode in BY_LAYER:
                _offload_layers(component)


def settle(component: Component) -> None:
    """Bring a component whose work broke off in the middle into the state between two calls."""
    if component.placed is None or component.placed.mode not in BY_LAYER:
        return
    with changing(component):
        if component.placed.mode is not Mode.DISK:
            _offload_layers(component)
            return
        for module in component.module.modules():
            registry = getattr(module, "_diffusers_hook", None)
            hook = registry.get_hook(hooks._GROUP_OFFLOADING) if registry else None
            if hook is not None:
                hook.group.offload_()


def slice_attention(component: Component, *, sliced: bool) -> None:
    """Have the UNet's attention take one head at a time, or all at once."""
    if component.sliced is not sliced:
        component.module.set_attention_slice("max" if sliced else None)
        component.sliced = sliced


def set_tile(vae: Any, tile: int | None) -> None:
    """Have a VAE work in tiles, of which the side is given in pixels, or on whole pictures."""
    if tile is None:
        vae.disable_tiling()
        return
    vae.enable_tiling()
    vae.tile_sample_min_size, vae.tile_latent_min_size = tile, tile // LATENT_SCALE


class _InputsTo:
    """Moves what a module is called with to where it computes: its weights, waiting elsewhere, mislead."""

    def __init__(self, device: torch.device) -> None:
        self.device = device

    def __call__(self, _module: torch.nn.Module, args: Any, kwargs: Any) -> tuple[Any, Any]:
        return hooks.send_to_device(args, self.device), hooks.send_to_device(kwargs, self.device)


def _offload_layers(component: Component) -> None:
    """Give every layer that has none its hooks.

    Weights on disk are in no other place, so the hooks that hold them stay. Elsewhere all are made anew: with
    a stream they know the order in which layers ran, which new layers change.
    """
    placed = component.placed
    assert placed is not None  # noqa: S101 - tokenizers have no layers
    module, streams = component.module, placed.device.kind.has_streams
    if placed.mode is not Mode.DISK:
        registry = HookRegistry.check_if_exists_or_initialize(module)
        for name in (
            hooks._LAZY_PREFETCH_GROUP_OFFLOADING,
            hooks._LAYER_EXECUTION_TRACKER,
            hooks._GROUP_OFFLOADING,
        ):
            registry.remove_hook(name, recurse=True)
    apply_group_offloading(
        module,
        onload_device=component.device,
        offload_device=torch.device("cpu"),
        offload_type="leaf_level",
        use_stream=placed.mode is Mode.GROUP_OFFLOAD and streams,
        offload_to_disk_path=_folder(module) if placed.mode is Mode.DISK else None,
    )


def _folder(module: torch.nn.Module) -> str:
    """A folder for a module's layers, removed together with it or at the end of the process."""
    folder: str | None = getattr(module, "nodeflow_folder", None)
    if folder is None:
        folder = tempfile.mkdtemp(prefix="nodeflow-layers-")
        weakref.finalize(module, shutil.rmtree, folder, ignore_errors=True)
        module.nodeflow_folder = folder  # type: ignore[assignment]
    return folder
