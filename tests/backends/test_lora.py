"""LoRA stacks on shared models, against diffusers' `load_lora_weights` and `set_adapters`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from peft import LoraConfig
from safetensors.torch import load_file, save_file

from nodeflow.backends import PromptRequest
from nodeflow.backends.torch import TorchBackend
from nodeflow.errors import MissingFile, NodeFailed
from nodeflow.hardware import Part
from nodeflow.values import Conditioning, LoraPatch, ModelPart, ModelRecipe, Patch

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning"),  # diffusers with numpy 2.4
    pytest.mark.filterwarnings("ignore::Warning:peft"),  # silenced outside of pytest; see `quiet`
]

PROMPT = "a red apple on a green background"
Weights = dict[str, torch.Tensor]
MakeLora = Callable[..., LoraPatch]


def with_lora(model: ModelRecipe, *patches: LoraPatch) -> ModelRecipe:
    for patch in patches:
        model = model.with_patch(patch)
    return model


def patch_of(weights: Weights, file: Path, weight: float = 1.0) -> LoraPatch:
    contiguous = {name: tensor.contiguous() for name, tensor in weights.items()}
    if file.suffix == ".safetensors":
        save_file(contiguous, file)
    else:
        torch.save(contiguous, file)
    return LoraPatch(file.stem, file, weight, weight)


@pytest.fixture(scope="module")
def flat(lora: MakeLora) -> Weights:
    return dict(load_file(lora("flat").path))


def random_text_lora() -> Weights:
    """Weights for the attention of both pocket encoders, strong enough to see."""
    generator = torch.Generator().manual_seed(0)
    weights = {}
    for prefix, width in (("text_encoder", 64), ("text_encoder_2", 96)):
        for layer in range(3):
            for projection in ("q_proj", "v_proj"):
                name = f"{prefix}.text_model.encoder.layers.{layer}.self_attn.{projection}"
                weights[f"{name}.lora_A.weight"] = 0.1 * torch.randn(4, width, generator=generator)
                weights[f"{name}.lora_B.weight"] = 0.1 * torch.randn(width, 4, generator=generator)
    return weights


def kohya(weights: Weights, naming: Callable[[str], str] = str, alpha: float | None = None) -> Weights:
    """The same UNet LoRA in kohya's layout, optionally with the block names of the original UNet."""
    result = {}
    for name, tensor in weights.items():
        module, kind = name.removeprefix("unet.").rsplit(".lora_", 1)
        flat_name = "lora_unet_" + naming(module).replace(".", "_")
        result[f"{flat_name}.lora_{'down' if kind[0] == 'A' else 'up'}.weight"] = tensor
        rank = min(tensor.shape)
        result[f"{flat_name}.alpha"] = torch.tensor(float(rank) if alpha is None else alpha)
    return result


@pytest.fixture
def oracle(pipeline: Any) -> Iterator[Callable[..., Any]]:
    """Diffusers' picture with LoRAs: (file, UNet weight, text weight) for each."""

    def run(*loras: tuple[Path, float, float]) -> Any:
        names = []
        for i, (file, _, _) in enumerate(loras):
            names.append(f"adapter{i}")
            pipeline.load_lora_weights(str(file), adapter_name=names[-1])
        weights = [
            {"unet": unet, "text_encoder": text, "text_encoder_2": text} if text else unet
            for _, unet, text in loras
        ]
        pipeline.set_adapters(names, weights)
        picture = pipeline(
            PROMPT,
            negative_prompt="blurry",
            generator=torch.Generator("cpu").manual_seed(7),
            num_inference_steps=6,
            guidance_scale=5.0,
            height=128,
            width=128,
        ).images[0]
        return np.asarray(picture)

    pipeline.set_progress_bar_config(disable=True)
    yield run
    pipeline.unload_lora_weights()


@pytest.mark.parametrize("weight", [1.0, -0.5])
def test_one_lora(
    weight: float,
    lora: MakeLora,
    pocket: ModelRecipe,
    picture: Callable[..., Any],
    oracle: Callable[..., Any],
) -> None:
    patch = lora("high-contrast", weight)
    ours = picture(with_lora(pocket, patch))[0]
    np.testing.assert_array_equal(ours, oracle((patch.path, weight, 0)))
    assert (ours != picture()[0]).any()


def test_two_stacked(
    lora: MakeLora, pocket: ModelRecipe, picture: Callable[..., Any], oracle: Callable[..., Any]
) -> None:
    one, two = lora("flat", 0.7), lora("high-contrast", 0.4)
    theirs = oracle((one.path, 0.7, 0), (two.path, 0.4, 0))
    np.testing.assert_array_equal(picture(with_lora(pocket, one, two))[0], theirs)


def test_branches_share_a_model_and_stay_apart(
    lora: MakeLora, pocket: ModelRecipe, sample: Callable[..., Any]
) -> None:
    recipes = [
        pocket,
        with_lora(pocket, lora("flat")),
        with_lora(pocket, lora("high-contrast", 0.5)),
        with_lora(pocket, lora("flat", 0.3), lora("high-contrast", -0.2)),
    ]
    alone = [sample(recipe, steps=3).samples for recipe in recipes]
    for i in (3, 0, 2, 1, 0, 1, 3, 2, 0):
        np.testing.assert_array_equal(sample(recipes[i], steps=3).samples, alone[i])
    assert len({samples.tobytes() for samples in alone}) == len(recipes)


def test_removing_gives_the_base_bit_for_bit(
    lora: MakeLora,
    pocket: ModelRecipe,
    sample: Callable[..., Any],
    request_for: Callable[..., Any],
    monitor: Any,
) -> None:
    untouched = TorchBackend("cpu").sample(pocket, request_for(), monitor)
    sample(with_lora(pocket, lora("flat")))
    np.testing.assert_array_equal(sample().samples, untouched.samples)


def test_the_same_file_twice_adds_up(lora: MakeLora, pocket: ModelRecipe, sample: Callable[..., Any]) -> None:
    twice = sample(with_lora(pocket, lora("flat", 0.5), lora("flat", 0.25)))
    np.testing.assert_array_equal(twice.samples, sample(with_lora(pocket, lora("flat", 0.75))).samples)


def test_weight_zero_does_not_even_read_the_file(pocket: ModelRecipe, sample: Callable[..., Any]) -> None:
    nothing = LoraPatch("nothing", Path("nowhere.safetensors"), 0.0, 0.0)
    np.testing.assert_array_equal(sample(with_lora(pocket, nothing)).samples, sample().samples)


def test_a_text_encoder_lora(
    *,
    tmp_path: Path,
    flat: Weights,
    pocket: ModelRecipe,
    encode: Callable[..., Conditioning],
    picture: Callable[..., Any],
    oracle: Callable[..., Any],
) -> None:
    file = tmp_path / "both.safetensors"
    save_file({**flat, **random_text_lora()}, file)
    model = with_lora(pocket, LoraPatch("both", file, 0.8, 0.7))
    positive, negative = encode(model, PROMPT), encode(model, "blurry")
    plain = encode(pocket, PROMPT)
    assert positive.encoder_1 is not None
    assert plain.encoder_1 is not None
    assert (positive.encoder_1 != plain.encoder_1).any()
    assert (positive.encoder_2 != plain.encoder_2).any()
    ours = picture(model, positive=positive, negative=negative)[0]
    np.testing.assert_array_equal(ours, oracle((file, 0.8, 0.7)))


def test_a_unet_lora_leaves_the_text_alone(
    lora: MakeLora, pocket: ModelRecipe, encode: Callable[..., Conditioning]
) -> None:
    patched, plain = encode(with_lora(pocket, lora("flat")), PROMPT), encode(pocket, PROMPT)
    np.testing.assert_array_equal(patched.encoder_2, plain.encoder_2)


def original_name(module: str) -> str:
    """Block names as in the original UNet, for pocket's one layer a block."""
    block, rest = module.split(".attentions.")
    kind, *number = block.split(".")
    layer, rest = rest.split(".", 1)
    if kind == "mid_block":
        return f"middle_block.1.{rest}"
    index = 2 * int(number[0]) + int(layer)
    return (
        f"input_blocks.{index + 1}.1.{rest}" if kind == "down_blocks" else f"output_blocks.{index}.1.{rest}"
    )


@pytest.mark.parametrize(("naming", "suffix"), [(str, ".pt"), (original_name, ".safetensors")])
def test_kohyas_layout(
    *,
    naming: Callable[[str], str],
    suffix: str,
    tmp_path: Path,
    flat: Weights,
    lora: MakeLora,
    pocket: ModelRecipe,
    sample: Callable[..., Any],
    monitor: Any,
) -> None:
    patch = patch_of(kohya(flat, naming), tmp_path / f"kohya{suffix}")
    ours = sample(with_lora(pocket, patch), monitor=monitor, steps=3)
    np.testing.assert_array_equal(ours.samples, sample(with_lora(pocket, lora("flat")), steps=3).samples)
    assert monitor.warnings == []


def test_kohyas_alpha_scales(
    tmp_path: Path, flat: Weights, lora: MakeLora, pocket: ModelRecipe, sample: Callable[..., Any]
) -> None:
    half = patch_of(kohya(flat, alpha=8.0), tmp_path / "half.safetensors")  # of rank 16
    ours = sample(with_lora(pocket, half), steps=3)
    np.testing.assert_array_equal(ours.samples, sample(with_lora(pocket, lora("flat", 0.5)), steps=3).samples)


def test_alpha_in_diffusers_metadata_scales(
    tmp_path: Path,
    pocket: ModelRecipe,
    lora: MakeLora,
    picture: Callable[..., Any],
    oracle: Callable[..., Any],
) -> None:
    targets = ["to_q", "to_k", "to_v", "to_out.0", "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2"]
    config = LoraConfig(r=16, lora_alpha=4, target_modules=targets).to_dict()
    keys = ("r", "lora_alpha", "target_modules")
    metadata = {
        f"unet.{key}": sorted(config[key]) if key == "target_modules" else config[key] for key in keys
    }
    file = tmp_path / "quarter.safetensors"
    save_file(load_file(lora("high-contrast").path), file, {"lora_adapter_metadata": json.dumps(metadata)})
    ours = picture(with_lora(pocket, LoraPatch("quarter", file)))[0]
    np.testing.assert_array_equal(ours, oracle((file, 1.0, 0)))
    np.testing.assert_array_equal(ours, picture(with_lora(pocket, lora("high-contrast", 0.25)))[0])


def test_what_a_mixed_file_loses_is_reported(
    tmp_path: Path,
    flat: Weights,
    pocket: ModelRecipe,
    sample: Callable[..., Any],
    make_monitor: Callable[..., Any],
) -> None:
    mixed = {
        name.replace("lora_A", "lora.down").replace("lora_B", "lora.up") if "attn" in name else name: tensor
        for name, tensor in flat.items()
    }
    model = with_lora(pocket, patch_of(mixed, tmp_path / "mixed.safetensors"))
    lost = sum("attn" in name for name in flat)
    for _ in range(2):  # each run is told, not only the one that loads
        monitor = make_monitor()
        sample(model, monitor=monitor, steps=1)
        (warning,) = monitor.warnings
        assert "'mixed'" in warning
        assert f" {lost} of its weights" in warning


def test_unknown_weights_beside_known_ones_are_reported(
    tmp_path: Path, flat: Weights, pocket: ModelRecipe, sample: Callable[..., Any], monitor: Any
) -> None:
    name = "lora_unet_down_blocks_1_attentions_0_proj_in.on_input"
    weights = {**kohya(flat), name: torch.ones(1, 128)}
    sample(with_lora(pocket, patch_of(weights, tmp_path / "norm.safetensors")), monitor=monitor, steps=1)
    (warning,) = monitor.warnings
    assert " 1 of its weights" in warning
    assert name in warning


def misfits(flat: Weights) -> dict[str, Weights]:
    up_down = {
        "lora_down.weight": torch.ones(4, 4),
        "lora_up.weight": torch.ones(4, 4),
        "alpha": torch.tensor(4.0),
    }
    return {
        "other-widths": {k: v.repeat(1, 2) if "lora_A" in k else v.repeat(2, 1) for k, v in flat.items()},
        "other-modules": {f"unet.transformer.{k.removeprefix('unet.')}": v for k, v in flat.items()},
        "kohya-other-modules": {f"lora_unet_double_blocks_0_img.{k}": v for k, v in up_down.items()},
        "loha": {"lora_unet_mid_block_attentions_0_proj_in.hada_w1_a": torch.ones(4, 4)},
        "no-lora": {"something": torch.ones(3)},
    }


@pytest.mark.parametrize("kind", ["other-widths", "other-modules", "kohya-other-modules", "loha", "no-lora"])
def test_a_lora_for_another_architecture_is_refused(
    *,
    kind: str,
    tmp_path: Path,
    flat: Weights,
    pocket: ModelRecipe,
    lora: MakeLora,
    sample: Callable[..., Any],
) -> None:
    good = with_lora(pocket, lora("flat"))
    base, styled = sample(steps=2), sample(good, steps=2)
    bad = with_lora(pocket, lora("flat"), patch_of(misfits(flat)[kind], tmp_path / f"{kind}.safetensors"))
    for _ in range(2):
        with pytest.raises(NodeFailed, match=f"'{kind}'") as caught:
            sample(bad, steps=2)
        assert caught.value.advice
    np.testing.assert_array_equal(sample(steps=2).samples, base.samples)
    np.testing.assert_array_equal(sample(good, steps=2).samples, styled.samples)


def test_a_text_lora_for_another_architecture_is_refused(
    tmp_path: Path, pocket: ModelRecipe, encode: Callable[..., Conditioning]
) -> None:
    before = encode(pocket, PROMPT)
    wide = {k: v.repeat(1, 2) if "lora_A" in k else v.repeat(2, 1) for k, v in random_text_lora().items()}
    with pytest.raises(NodeFailed, match="'wide'"):
        encode(with_lora(pocket, patch_of(wide, tmp_path / "wide.safetensors")), PROMPT)
    np.testing.assert_array_equal(encode(pocket, PROMPT).encoder_2, before.encoder_2)


def test_missing_damaged_and_malicious_files(
    tmp_path: Path, pocket: ModelRecipe, sample: Callable[..., Any]
) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "executed",))

    torch.save({"lora_unet_x.lora_down.weight": Evil()}, tmp_path / "evil.pt")
    (tmp_path / "cut.safetensors").write_bytes(b"\x10\x00\x00\x00\x00\x00\x00\x00{")
    for name in ("missing.safetensors", "cut.safetensors", "evil.pt"):
        with pytest.raises(MissingFile) as caught:
            sample(with_lora(pocket, LoraPatch("bad", tmp_path / name)))
        assert caught.value.input == "model"
    assert not (tmp_path / "executed").exists()


def test_a_file_that_changed_is_loaded_anew(
    tmp_path: Path, flat: Weights, pocket: ModelRecipe, sample: Callable[..., Any], lora: MakeLora
) -> None:
    file = tmp_path / "changing.safetensors"
    first = sample(with_lora(pocket, patch_of(flat, file)), steps=2)
    second_weights = dict(load_file(lora("high-contrast").path))
    second = sample(with_lora(pocket, patch_of(second_weights, file)), steps=2)
    np.testing.assert_array_equal(first.samples, sample(with_lora(pocket, lora("flat")), steps=2).samples)
    expected = sample(with_lora(pocket, lora("high-contrast")), steps=2)
    np.testing.assert_array_equal(second.samples, expected.samples)


def test_a_patch_of_an_unknown_kind_is_refused(
    backend: TorchBackend, pocket: ModelRecipe, monitor: Any
) -> None:
    class Sparkle(Patch):
        def affects(self, part: ModelPart) -> bool:
            return True

    with pytest.raises(NodeFailed, match="Sparkle"):
        backend.encode_text(pocket.with_patch(Sparkle()), PromptRequest("a panda"), monitor)


def test_the_refiner_takes_no_first_encoder_weights(
    tmp_path: Path, pocket_refiner: ModelRecipe, encode: Callable[..., Conditioning]
) -> None:
    text = random_text_lora()
    model = with_lora(pocket_refiner, patch_of(text, tmp_path / "text.safetensors"))
    patched, plain = encode(model, PROMPT), encode(pocket_refiner, PROMPT)
    assert (patched.encoder_2 != plain.encoder_2).any()


def test_what_a_refiner_has_no_encoder_for_is_reported(
    *, tmp_path: Path, pocket: ModelRecipe, pocket_refiner: ModelRecipe, backend: TorchBackend, monitor: Any
) -> None:
    patch = patch_of(random_text_lora(), tmp_path / "text.safetensors")
    backend.encode_text(with_lora(pocket, patch), PromptRequest(PROMPT), monitor)
    assert monitor.warnings == []
    backend.encode_text(with_lora(pocket_refiner, patch), PromptRequest(PROMPT), monitor)
    (warning,) = monitor.warnings
    assert " 12 of its weights (such as text_encoder.text_model" in warning


def test_only_a_handful_of_spare_loras_stay_loaded(
    tmp_path: Path, flat: Weights, pocket: ModelRecipe, request_for: Callable[..., Any], monitor: Any
) -> None:
    own, request = TorchBackend("cpu"), request_for(steps=1)
    few = dict(sorted(flat.items())[:2])
    patches = [patch_of(few, tmp_path / f"{i}.safetensors") for i in range(11)]

    def held() -> list[str]:
        with own.lease(pocket, Part.UNET) as lease:
            component = lease[Part.UNET]
        names = {adapter.name for adapter in component.adapters.values()}
        assert set(component.module.peft_config) == names
        return [file.stem for file in component.adapters]

    for patch in patches[:9]:
        own.sample(with_lora(pocket, patch), request, monitor)
    assert held() == list("012345678")  # one in use, eight spare
    own.sample(with_lora(pocket, patches[0], patches[9]), request, monitor)
    assert held() == list("1234567809")
    own.sample(with_lora(pocket, patches[10]), request, monitor)
    assert held() == [*"34567809", "10"]
