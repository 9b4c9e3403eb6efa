"""The two layouts of SDXL, against rules written apart from ours and against diffusers' own conversion."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import diffusers
import pytest
import torch
import transformers
from diffusers.loaders import single_file_utils as theirs

import nodeflow
from nodeflow.backends.torch.layouts import to_diffusers, to_original
from nodeflow.backends.torch.lora_file import layers_of
from nodeflow.backends.torch.original_names import PREFIXES, OriginalNames
from nodeflow.backends.torch.weight import Weight
from nodeflow.hardware import Part
from tests.backends.original import original_layout, small_components

CONFIGS = Path(nodeflow.__file__).parent / "bundled" / "configs"
CLASSES: dict[str, Any] = {
    "unet": diffusers.UNet2DConditionModel,
    "vae": diffusers.AutoencoderKL,
    "text_encoder": transformers.CLIPTextModel,
    "text_encoder_2": transformers.CLIPTextModelWithProjection,
}


def full_size(kind: str, part: str) -> Any:
    """A part of real SDXL, without values."""
    folder = CONFIGS / f"sdxl-{kind}" / part
    with torch.device("meta"):
        if part.startswith("text"):
            return CLASSES[part](CLASSES[part].config_class.from_pretrained(folder))
        return CLASSES[part].from_config(CLASSES[part].load_config(folder))


def weights_of(module: Any, part: Part) -> dict[str, Weight]:
    return to_diffusers(part, {name: Weight.of(tensor) for name, tensor in module.state_dict().items()})


def without_prefix(part: Part, weights: dict[str, Weight]) -> dict[str, Weight]:
    prefix = next(prefix for prefix in PREFIXES[part] if next(iter(weights)).startswith(prefix))
    return {name.removeprefix(prefix): weight for name, weight in weights.items()}


PARTS = [("base", part) for part in CLASSES] + [("refiner", part) for part in ("unet", "text_encoder_2")]


@pytest.mark.parametrize(("kind", "name"), PARTS)
def test_a_full_size_part_goes_there_and_back(kind: str, name: str) -> None:
    part = Part(name)
    weights = weights_of(full_size(kind, name), part)
    original = to_original(part, weights, refiner=kind == "refiner")
    assert all(key.startswith(PREFIXES[part]) for key in original)
    assert sum(w.nbytes for w in original.values()) == sum(w.nbytes for w in weights.values())
    back = to_diffusers(part, without_prefix(part, original))
    assert {key: w.shape for key, w in back.items()} == {key: w.shape for key, w in weights.items()}


@pytest.mark.parametrize("kind", ["base", "refiner"])
def test_every_layer_is_found_by_each_way_of_spelling_it(kind: str) -> None:
    """At full size: diffusers and peft, kohya in diffusers' naming and in the original one, LyCORIS."""
    weights = weights_of(full_size(kind, "unet"), Part.UNET)
    names = OriginalNames(Part.UNET, weights)
    layers = [name.removesuffix(".weight") for name in weights if name.endswith(".weight")]
    flat = [layer.replace(".", "_") for layer in layers]
    original = [names.original(layer).replace(".", "_") for layer in layers]
    for spelled in (
        [f"unet.{layer}.lora_A.weight" for layer in layers],
        [f"lora_unet_{layer}.lora_down.weight" for layer in flat],
        [f"lora_unet_{layer}.lora_down.weight" for layer in original],
        [f"lycoris_{layer}.lora_down.weight" for layer in flat],
    ):
        found = layers_of(Part.UNET, weights, dict.fromkeys(spelled, torch.ones(1)), {})
        assert list(found.layers) == layers
        assert found.unplaced == ()


@pytest.mark.parametrize("kind", ["base", "refiner"])
def test_diffusers_reads_our_unet_as_it_was(kind: str) -> None:
    """Its own conversion, at full size: an independent reading of the original names."""
    unet = full_size(kind, "unet")
    original = to_original(Part.UNET, weights_of(unet, Part.UNET))
    tensors = {name: weight.value() for name, weight in original.items()}
    converted = theirs.convert_ldm_unet_checkpoint(dict(tensors), config=unet.config)
    assert {name: t.shape for name, t in converted.items()} == {
        name: t.shape for name, t in unet.state_dict().items()
    }


@pytest.mark.parametrize("kind", ["base", "refiner"])
def test_values_are_those_of_the_rules_written_apart(kind: str) -> None:
    components = small_components(kind)
    expected = original_layout(components)
    ours: dict[str, Weight] = {}
    for name, module in components.items():
        part = Part(name)
        ours |= to_original(part, weights_of(module, part), refiner=kind == "refiner")
    assert ours.keys() == expected.keys()
    assert all(torch.equal(weight.value(), expected[name]) for name, weight in ours.items())
    for name, module in components.items():
        part = Part(name)
        alone = {key: w for key, w in ours.items() if key.startswith(PREFIXES[part])}
        back = to_diffusers(part, without_prefix(part, alone))
        state = weights_of(module, part)
        assert back.keys() == state.keys()
        assert all(torch.equal(weight.value(), state[key].value()) for key, weight in back.items())


def test_old_names_of_the_vaes_attention_are_understood() -> None:
    old = {f"decoder.mid_block.attentions.0.{name}.weight": (4, 4) for name in ("query", "proj_attn")}
    found = to_diffusers(Part.VAE, {name: Weight.of(torch.ones(shape)) for name, shape in old.items()})
    assert {name.split("attentions.0.")[1] for name in found} == {"to_q.weight", "to_out.0.weight"}
