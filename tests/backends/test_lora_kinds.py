"""Every kind of LoRA file against weights that were changed by hand, by the formulas of their papers.

The reference is the bundled UNet with its weights changed in double precision, sampled by the same backend.
Every spelling on every kind of model: `test_format_matrix`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from nodeflow.backends.torch import TorchBackend
from nodeflow.backends.torch.converting import write_model
from nodeflow.backends.torch.lora_delta import applied, unused
from nodeflow.backends.torch.lora_file import LoraLayer
from nodeflow.backends.torch.source import locate
from nodeflow.errors import NodeFailed
from nodeflow.hardware import Dtype, Part
from nodeflow.values import Conditioning, Layout, LoraPatch, ModelPart, ModelRecipe
from tests.backends.lora_kinds import (
    ALPHA,
    CONVOLUTION,
    KINDS,
    LINEAR,
    NORM,
    RANK,
    Tensors,
    random,
    rotations,
    side_by_side,
    spelled,
)

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning"),  # diffusers with numpy 2.4
    pytest.mark.filterwarnings("ignore::Warning:peft"),
]

QUICK = ("locon", "dora on convolutions", "lokr")


@pytest.fixture(scope="module")
def unet(pocket: ModelRecipe) -> Tensors:
    return dict(load_file(pocket.path / "unet" / "diffusion_pytorch_model.safetensors"))


@pytest.fixture
def model_with(pocket: ModelRecipe, tmp_path: Path) -> Callable[[Tensors], ModelRecipe]:
    """Pocket with other weights in its UNet, which is in float32 then."""

    def make(weights: Tensors) -> ModelRecipe:
        import shutil

        folder = tmp_path / "changed"
        shutil.copytree(pocket.path, folder)
        file = folder / "unet" / "diffusion_pytorch_model.safetensors"
        save_file({name: tensor.float().contiguous() for name, tensor in weights.items()}, file)
        return ModelRecipe("changed", folder)

    return make


def file_of(kind: str, unet: Tensors, file: Path) -> tuple[LoraPatch, Tensors]:
    """A LoRA file of a kind, and the UNet that it makes."""
    make, layers = KINDS[kind]
    tensors: Tensors = {}
    changed = dict(unet)
    for layer in layers:
        own, weight = make(unet[f"{layer}.weight"].double())
        tensors |= {f"{spelled(layer)}.{name}": tensor.contiguous() for name, tensor in own.items()}
        changed[f"{layer}.weight"] = weight
    save_file(tensors, file)
    return LoraPatch(file.stem, file), changed


kinds = pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=() if kind in QUICK else pytest.mark.full) for kind in KINDS]
)
BIASED = {"diff": ("diff_b", CONVOLUTION), "w_norm": ("b_norm", NORM)}


@kinds
def test_a_lora_does_what_its_formula_says(
    *,
    kind: str,
    unet: Tensors,
    model_with: Callable[[Tensors], ModelRecipe],
    pocket: ModelRecipe,
    sample: Callable[..., Any],
    tmp_path: Path,
    monitor: Any,
) -> None:
    patch, changed = file_of(kind, unet, tmp_path / "lora.safetensors")
    ours = sample(pocket.with_patch(patch), monitor=monitor, steps=2).samples
    np.testing.assert_allclose(ours, sample(model_with(changed), steps=2).samples, atol=2e-4)
    assert abs(ours - sample(steps=2).samples).max() > 0.05
    assert monitor.warnings == []


@kinds
def test_a_merged_lora_does_too(kind: str, unet: Tensors, pocket: ModelRecipe, tmp_path: Path) -> None:
    patch, changed = file_of(kind, unet, tmp_path / "lora.safetensors")
    write_model(pocket.with_patch(patch), tmp_path / "merged", Layout.DIFFUSERS, dtype=Dtype.FP32)
    merged = load_file(tmp_path / "merged" / "unet" / "diffusion_pytorch_model.safetensors")
    for name, weight in changed.items():
        torch.testing.assert_close(merged[name].double(), weight.double(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("use", BIASED)
def test_biases_change_too(use: str, unet: Tensors, pocket: ModelRecipe, tmp_path: Path) -> None:
    """Half of what is added to the biases, beside what is added to the weights or alone."""
    of_bias, (beside, alone) = BIASED[use]
    tensors = {f"{spelled(beside)}.{use}": random(*unet[f"{beside}.weight"].shape)}
    tensors |= {f"{spelled(name)}.{of_bias}": random(len(unet[f"{name}.bias"])) for name in (beside, alone)}
    save_file(tensors, tmp_path / "biases.safetensors")
    model = pocket.with_patch(LoraPatch("biases", tmp_path / "biases.safetensors", 0.5))
    write_model(model, tmp_path / "merged", Layout.DIFFUSERS, dtype=Dtype.FP32)
    merged = load_file(tmp_path / "merged" / "unet" / "diffusion_pytorch_model.safetensors")
    for name in (f"{beside}.weight", f"{beside}.bias", f"{alone}.bias"):
        added = tensors[f"{spelled(name.rpartition('.')[0])}.{use if 'weight' in name else of_bias}"]
        torch.testing.assert_close(merged[name], unet[name].float() + 0.5 * added, rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(merged[f"{alone}.weight"], unet[f"{alone}.weight"].float(), rtol=0, atol=0)


@pytest.mark.parametrize("strength", [0.0, 0.5])
@pytest.mark.parametrize("kind", ["oft", "boft"])
def test_oft_is_turned_by_its_strength(kind: str, strength: float, unet: Tensors) -> None:
    """At half the strength, rotations of one block lie halfway; at none, nothing moves."""
    weight = unet[f"{LINEAR[0]}.weight"].float()
    tensors, _ = KINDS[kind][0](weight.double())
    moved = applied(weight, LoraLayer(tensors, alpha=0.0), strength)
    if strength == 0:
        torch.testing.assert_close(moved, weight, rtol=0, atol=1e-6)
        return
    blocks = tensors["oft_blocks"]
    turns = rotations(blocks) * strength + (1 - strength) * torch.eye(blocks.shape[-1]).double()
    if kind == "oft":
        expected = side_by_side(turns).T @ weight.double()
        expected *= 1 + strength * (tensors["rescale"].double() - 1)
    else:
        expected = weight.double()
        for stage, matrices in enumerate(turns):
            order = torch.arange(len(weight)).reshape(-1, 2, 2**stage * 4).transpose(1, 2).flatten()
            expected[order] = side_by_side(matrices) @ expected[order].clone()
    torch.testing.assert_close(moved, expected.float(), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("held", "lost"),
    [
        (("down", "up", "dora_scale"), ()),
        (("down", "up", "diff"), ("diff",)),
        (("down", "diff", "rescale"), ("down", "rescale")),
        (("oft_blocks", "rescale", "dora_scale"), ("dora_scale",)),
        (("lokr_w1_a", "lokr_w2", "on_input"), ("on_input",)),
        (("hada_w1_a", "rescale"), ("hada_w1_a", "rescale")),
    ],
)
def test_what_no_kind_has_a_use_for_is_left_over(held: tuple[str, ...], lost: tuple[str, ...]) -> None:
    layer = LoraLayer({use: torch.ones(1) for use in held}, {use: use for use in held})
    assert unused(layer) == lost


@pytest.mark.parametrize("kind", [".on_input", ".oft_R.weight"])
def test_a_kind_that_cannot_be_applied_is_named(
    *, kind: str, unet: Tensors, pocket: ModelRecipe, sample: Callable[..., Any], tmp_path: Path, monitor: Any
) -> None:
    foreign = {f"{spelled(LINEAR[0])}{kind}": torch.ones(4)}
    patch = LoraPatch("foreign", tmp_path / "foreign.safetensors")
    save_file(foreign, patch.path)
    said = rf"'foreign' is of a kind that cannot be applied \('{kind[1:]}'\)"
    with pytest.raises(NodeFailed, match=said):
        sample(pocket.with_patch(patch), steps=1)
    with pytest.raises(NodeFailed, match=said):
        write_model(pocket.with_patch(patch), tmp_path / "merged", Layout.DIFFUSERS)
    known, _ = file_of("lora", unet, tmp_path / "known.safetensors")
    save_file({**load_file(known.path), **foreign}, known.path)
    sample(pocket.with_patch(known), monitor=monitor, steps=1)
    (warning,) = monitor.warnings
    assert kind in warning


def test_dora_at_half_its_strength_is_pefts(
    unet: Tensors, pocket: ModelRecipe, sample: Callable[..., Any], tmp_path: Path
) -> None:
    """Kohya's file and peft's file of one DoRA do the same at any strength, put on and merged."""
    patch, _ = file_of("dora", unet, tmp_path / "kohya.safetensors")
    tensors = load_file(patch.path)
    peft = {}
    for layer in LINEAR:
        own = {name.partition(".")[2]: t for name, t in tensors.items() if name.startswith(spelled(layer))}
        peft[f"unet.{layer}.lora_A.weight"] = own["lora_down.weight"]
        peft[f"unet.{layer}.lora_B.weight"] = own["lora_up.weight"] * ALPHA / RANK
        peft[f"unet.{layer}.lora_magnitude_vector"] = own["dora_scale"].flatten()
    save_file(peft, tmp_path / "peft.safetensors")
    recipes = [
        pocket.with_patch(LoraPatch(name, tmp_path / f"{name}.safetensors", 0.5))
        for name in ("kohya", "peft")
    ]
    ours, theirs = (sample(recipe, steps=2).samples for recipe in recipes)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    write_model(recipes[0], tmp_path / "merged", Layout.DIFFUSERS, dtype=Dtype.FP32)
    merged = sample(ModelRecipe("merged", tmp_path / "merged"), steps=2).samples
    np.testing.assert_allclose(ours, merged, atol=2e-4)


def test_baked_in_and_put_on_stack_and_the_base_stays_as_it_was(
    *,
    unet: Tensors,
    pocket: ModelRecipe,
    lora: Callable[..., LoraPatch],
    sample: Callable[..., Any],
    tmp_path: Path,
) -> None:
    before = sample(steps=2).samples
    patch, _ = file_of("lokr", unet, tmp_path / "lokr.safetensors")
    flat = lora("flat", 0.6)
    ours = sample(pocket.with_patch(patch).with_patch(flat), steps=2).samples
    np.testing.assert_array_equal(sample(steps=2).samples, before)
    model = pocket.with_patch(patch).with_patch(flat)
    write_model(model, tmp_path / "merged", Layout.DIFFUSERS, dtype=Dtype.FP32)
    merged = sample(ModelRecipe("merged", tmp_path / "merged"), steps=2).samples
    np.testing.assert_allclose(ours, merged, atol=2e-4)


@pytest.mark.parametrize("kind", ["lora", "dora", "lokr"])
@pytest.mark.parametrize("encoder", [1, 2])
def test_text_encoders_in_kohyas_naming(
    *,
    kind: str,
    encoder: int,
    pocket: ModelRecipe,
    encode: Callable[..., Conditioning],
    backend: TorchBackend,
    tmp_path: Path,
) -> None:
    part = Part.TEXT_ENCODER if encoder == 1 else Part.TEXT_ENCODER_2
    layer = "text_model.encoder.layers.1.self_attn.q_proj"
    weights = load_file(locate(pocket.path).place(part) / "model.safetensors")
    key = next(name for name in weights if name.endswith(layer.removeprefix("text_model.") + ".weight"))
    own, changed = KINDS[kind][0](weights[key].double())
    prefix = f"lora_te{encoder}_text_model_encoder_layers"
    tensors = {f"{prefix}_1_self_attn_q_proj.{name}": t for name, t in own.items()}
    if kind != "lokr":  # another layer with another alpha, which does nothing
        tensors |= {f"{prefix}_0_mlp_fc1.{name}": torch.zeros_like(t) for name, t in own.items()}
        width = weights[key].shape[0]
        tensors[f"{prefix}_0_mlp_fc1.lora_up.weight"] = torch.zeros(4 * width, RANK)
        tensors[f"{prefix}_0_mlp_fc1.alpha"] = torch.tensor(1.0)
        if kind == "dora":
            same = next(t for name, t in weights.items() if name.endswith("layers.0.mlp.fc1.weight"))
            tensors[f"{prefix}_0_mlp_fc1.dora_scale"] = same.float().norm(dim=1, keepdim=True)
    save_file({name: t.contiguous() for name, t in tensors.items()}, tmp_path / "text.safetensors")
    ours = encode(pocket.with_patch(LoraPatch("text", tmp_path / "text.safetensors")), "a red apple")
    with backend.lease(pocket, part) as lease:
        found = dict(lease[part].module.named_parameters())
        name = next(
            n for n in found if n.replace(".base_layer", "").endswith(key.removeprefix("text_model."))
        )
        kept = found[name].data
        found[name].data = changed.float()
        theirs = encode(pocket, "a red apple")
        found[name].data = kept
    states = (ours.encoder_1, theirs.encoder_1) if encoder == 1 else (ours.encoder_2, theirs.encoder_2)
    assert states[0] is not None
    assert states[1] is not None
    np.testing.assert_allclose(states[0], states[1], atol=1e-4)
    assert abs(states[0] - encode(pocket, "a red apple").encoder_2).max() > 0.01 if encoder == 2 else True


def test_what_a_lokr_file_holds_besides_is_reported(
    unet: Tensors, pocket: ModelRecipe, sample: Callable[..., Any], tmp_path: Path, make_monitor: Any
) -> None:
    patch, _ = file_of("lokr", unet, tmp_path / "lokr.safetensors")
    tensors = load_file(patch.path)
    save_file({**tensors, "lora_unet_nowhere.lokr_w1": torch.ones(2, 2)}, patch.path)
    for _ in range(2):
        monitor = make_monitor()
        sample(pocket.with_patch(patch), monitor=monitor, steps=1)
        (warning,) = monitor.warnings
        assert "'lokr'" in warning
        assert "lora_unet_nowhere.lokr_w1" in warning


def test_loha_without_lycoris_says_what_to_install(
    unet: Tensors,
    pocket: ModelRecipe,
    sample: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    patch, _ = file_of("loha", unet, tmp_path / "loha.safetensors")
    monkeypatch.setitem(__import__("sys").modules, "lycoris.functional", None)
    with pytest.raises(NodeFailed, match=r"pip install 'nodeflow\[lycoris\]'"):
        sample(pocket.with_patch(patch), steps=1)


def test_the_text_alone_leaves_the_unet_shared(pocket: ModelRecipe, unet: Tensors, tmp_path: Path) -> None:
    """What is baked into one part makes no second copy of the others."""
    patch, _ = file_of("lokr", unet, tmp_path / "lokr.safetensors")
    own = TorchBackend("cpu")
    model = pocket.with_patch(patch)
    assert patch.affects(ModelPart.TEXT_ENCODERS)
    with own.lease(pocket, Part.TEXT_ENCODER) as one, own.lease(model, Part.TEXT_ENCODER) as two:
        assert one[Part.TEXT_ENCODER].module is two[Part.TEXT_ENCODER].module
    with own.lease(pocket, Part.UNET) as one, own.lease(model, Part.UNET) as two:
        assert one[Part.UNET].module is not two[Part.UNET].module
