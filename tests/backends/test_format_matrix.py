"""The matrix: every format and every kind of LoRA, for base, refiner and inpainting model.

Each picture is compared with that of plain diffusers on parts in memory, whose weights were changed by hand:
rounded as the file stores them, or moved as the LoRA's formula says. See docs/formats.md.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from nodeflow.backends.torch import TorchBackend
from nodeflow.values import LoraPatch, ModelRecipe
from tests.backends.formats import (
    FORMATS,
    KINDS,
    Format,
    changed,
    components_of,
    diffusers_picture,
    our_picture,
)
from tests.backends.lora_kinds import ALPHA, CONVOLUTION, RANK, Tensors
from tests.backends.lora_kinds import KINDS as LORAS
from tests.backends.original import unet_name, unet_rules

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning"),  # diffusers with numpy 2.4
    pytest.mark.filterwarnings("ignore::Warning:peft"),
]

SOURCES = ("bundled", "topology")
ROUNDED = {
    "bundled": {torch.float32: 0, torch.float16: 1, torch.bfloat16: 3, torch.float8_e4m3fn: 25},
    "topology": {torch.float32: 0, torch.float16: 1, torch.bfloat16: 6, torch.float8_e4m3fn: 90},
}
"""Largest difference that storing in a precision makes to a picture, of 255."""
LORA = 1
"""Largest difference of a picture with a LoRA from one whose weights were moved before, of 255."""


def cells(all_of_them: Iterable[tuple[str, ...]], quick: Collection[tuple[str, ...]]) -> list[Any]:
    """Those that are not quick are for the full tier."""
    return [pytest.param(*cell, marks=() if cell in quick else pytest.mark.full) for cell in all_of_them]


@lru_cache
def reference(source: str, kind: str, dtype: torch.dtype, scaled: bool) -> Any:  # part of a key
    """Diffusers' picture, with weights rounded as a file of that precision has them."""
    how = Format(_nothing, dtype, scaled)
    return diffusers_picture(rounded(source, kind, how), kind)


def rounded(source: str, kind: str, how: Format) -> Any:
    return changed(components_of(source, kind), lambda part, _, weight: how.read(part, weight))


def _nothing(*_: Any) -> Any:
    raise NotImplementedError


@pytest.mark.parametrize(
    ("source", "kind", "name"),
    cells(
        product(SOURCES, KINDS, FORMATS),
        quick=(
            ("bundled", "base", "safetensors in scaled fp8"),
            ("bundled", "refiner", "ckpt"),
            ("bundled", "inpaint", "folder of a variant"),
        ),
    ),
)
def test_a_format(source: str, kind: str, name: str, tmp_path: Path, monitor: Any) -> None:
    how = FORMATS[name]
    model = how.write(rounded(source, kind, how), kind, tmp_path, how)
    ours = our_picture(TorchBackend("cpu"), model, kind, monitor)
    np.testing.assert_array_equal(ours, reference(source, kind, how.dtype, scaled=how.scaled))
    exact = reference(source, kind, torch.float32, scaled=False)
    assert abs(ours.astype(int) - exact).max() <= ROUNDED[source][how.dtype]
    assert ours.std() > 10
    assert monitor.warnings == []


Spelling = Callable[[str, str, Mapping[str, Any]], str]


def underscored(part: str, layer: str, _: Any = None) -> str:
    prefix = {"unet": "lora_unet_", "text_encoder": "lora_te1_", "text_encoder_2": "lora_te2_"}[part]
    return prefix + layer.replace(".", "_")


def original(part: str, layer: str, unet: Mapping[str, Any]) -> str:
    if part != "unet":
        return underscored(part, layer)
    return underscored(part, unet_name(f"{layer}.weight", unet_rules(unet)).removesuffix(".weight"))


def lycoris(part: str, layer: str, _: Any) -> str:
    return f"lycoris_{layer.replace('.', '_')}" if part == "unet" else underscored(part, layer)


def dotted(part: str, layer: str, _: Any) -> str:
    return f"{part}.{layer}"


def pefts(part: str, layer: str, _: Any) -> str:
    return f"base_model.model.{layer}" if part == "unet" else f"{part}.base_model.model.{layer}"


SPELLINGS: dict[str, Spelling] = {
    "kohya": underscored,
    "kohya, original names": original,
    "lycoris": lycoris,
    "diffusers": dotted,
    "peft": pefts,
}
DOTTED = ("diffusers", "peft")
THEIRS = ("lora", "locon", "dora", "dora on convolutions")
"""What diffusers and peft write, too."""


def as_peft(tensors: Tensors) -> Tensors:
    """A layer as peft names it, which scales beforehand."""
    names = {
        "lora_down.weight": "lora_A.weight",
        "lora_up.weight": "lora_B.weight",
        "dora_scale": "lora_magnitude_vector",
    }
    found = {names[name]: tensor for name, tensor in tensors.items() if name != "alpha"}
    found["lora_B.weight"] = found["lora_B.weight"] * (ALPHA / RANK)
    if "lora_magnitude_vector" in found:
        shape = (-1,) if found["lora_A.weight"].ndim == 2 else (1, -1, 1, 1)
        found["lora_magnitude_vector"] = found["lora_magnitude_vector"].reshape(shape)
    return found


@lru_cache(maxsize=1)
def with_lora(source: str, kind: str, lora: str) -> tuple[dict[tuple[str, str], Tensors], Any]:
    """What a LoRA holds for each layer, and diffusers' picture with it."""
    components = components_of(source, kind)
    make, layers = LORAS[lora]
    chosen = [("unet", layer) for layer in layers]
    if not set(layers) & set(CONVOLUTION) and lora != "norm":
        encoders = [part for part in components if part.startswith("text")]
        chosen += [(part, "text_model.encoder.layers.0.self_attn.q_proj") for part in encoders]
    held: dict[tuple[str, str], Tensors] = {}
    moved: dict[tuple[str, str], torch.Tensor] = {}
    for part, layer in chosen:
        state = components[part].state_dict()
        name = next(name for name in state if f"text_model.{name}".endswith(f"{layer}.weight"))
        held[part, layer], moved[part, name] = make(state[name].double())
    patched = changed(components, lambda part, name, weight: moved.get((part, name), weight).float())
    return held, diffusers_picture(patched, kind)


IN_USE = [
    cell
    for cell in product(SOURCES, KINDS, LORAS, SPELLINGS)
    if (cell[3] not in DOTTED or cell[2] in THEIRS)
    and (cell[0] == "bundled" or cell[3] in ("kohya, original names", "diffusers"))
]

QUICK = (
    ("bundled", "base", "dora", "kohya, original names"),
    ("bundled", "refiner", "locon", "diffusers"),
    ("bundled", "inpaint", "lokr", "lycoris"),
)


@pytest.mark.parametrize(("source", "kind", "lora", "spelling"), cells(IN_USE, quick=QUICK))
def test_a_lora(
    *,
    source: str,
    kind: str,
    lora: str,
    spelling: str,
    plain: Callable[..., Any],
    tmp_path: Path,
    monitor: Any,
) -> None:
    held, expected = with_lora(source, kind, lora)
    unet = components_of(source, kind)["unet"].state_dict()
    tensors = {
        f"{SPELLINGS[spelling](part, layer, unet)}.{name}": tensor.contiguous()
        for (part, layer), own in held.items()
        for name, tensor in (as_peft(own) if spelling in DOTTED else own).items()
    }
    save_file(tensors, tmp_path / "lora.safetensors")
    backend, model = plain(source, kind)
    patched = model.with_patch(LoraPatch("lora", tmp_path / "lora.safetensors"))
    ours = our_picture(backend, patched, kind, monitor).astype(int)
    assert abs(ours - expected).max() <= LORA
    without = reference(source, kind, torch.float32, scaled=False)
    assert abs(ours - without).max() > 10 * LORA
    assert monitor.warnings == []


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., tuple[TorchBackend, ModelRecipe]]:
    """A model without a LoRA, written once, and a backend that has it."""

    @lru_cache(maxsize=1)
    def make(source: str, kind: str) -> tuple[TorchBackend, ModelRecipe]:
        how = FORMATS["safetensors"]
        folder = tmp_path_factory.mktemp("plain")
        return TorchBackend("cpu"), how.write(components_of(source, kind), kind, folder, how)

    return make
