"""The ONNX backend gives torch's pictures, latents and previews, on the same requests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from nodeflow.backends import PromptRequest
from nodeflow.backends.onnx import OnnxBackend
from nodeflow.backends.onnx.solvers import SOLVERS
from nodeflow.backends.torch import TorchBackend
from nodeflow.errors import Cancelled, MissingFile, NodeFailed
from nodeflow.prompts import Syntax, Weighting
from nodeflow.values import (
    Area,
    Guidance,
    GuidanceMethod,
    Image,
    Inpainting,
    Latent,
    LoraPatch,
    ModelRecipe,
    Noise,
    NoiseBatch,
    Schedule,
    Scheduler,
    SigmaSpacing,
    combined,
)

pytestmark = pytest.mark.full  # exporting takes half a minute

CLOSE = 2 / 255
"""Largest difference of pictures, 0…1."""
LATENTS = 2e-3
Exported = Callable[[str], ModelRecipe]


@pytest.fixture
def both(
    backend: TorchBackend,
    pocket: ModelRecipe,
    onnx_backend: OnnxBackend,
    exported: Exported,
    make_monitor: Any,
) -> Callable[..., tuple[Any, Any]]:
    """Sample in both ways; gives both latents."""

    def run(request: Any, name: str = "pocket", torch_model: ModelRecipe = pocket) -> tuple[Any, Any]:
        ours = onnx_backend.sample(exported(name), request, make_monitor())
        return ours, backend.sample(torch_model, request, make_monitor())

    return run


@pytest.mark.parametrize("scheduler", SOLVERS)
@pytest.mark.parametrize("spacing", [None, SigmaSpacing.KARRAS])
def test_pictures_are_torchs(
    *,
    scheduler: Scheduler,
    spacing: SigmaSpacing | None,
    both: Any,
    request_for: Any,
    backend: TorchBackend,
    pocket: ModelRecipe,
    onnx_backend: OnnxBackend,
    exported: Exported,
    empty: Any,
    monitor: Any,
) -> None:
    if spacing is not None and scheduler in (Scheduler.DDIM, Scheduler.LCM):
        with pytest.raises(NodeFailed, match="works at timesteps"):
            both(request_for(scheduler=scheduler, schedule=Schedule(spacing)))
        return
    request = request_for(scheduler=scheduler, schedule=Schedule(spacing), latent=empty(128, 120, 2))
    ours, theirs = both(request)
    assert ours.seeds == theirs.seeds
    np.testing.assert_allclose(ours.samples, theirs.samples, atol=LATENTS)
    picture = onnx_backend.decode(exported("pocket"), ours, monitor)
    np.testing.assert_allclose(picture.pixels, backend.decode(pocket, theirs, monitor).pixels, atol=CLOSE)


@pytest.mark.parametrize("scheduler", SOLVERS)
def test_the_refiner_goes_on_as_in_torch(
    scheduler: Scheduler, both: Any, request_for: Any, pocket_refiner: ModelRecipe
) -> None:
    ours, theirs = both(request_for(scheduler=scheduler, steps=10, end_step=7))
    assert ours.handover.timestep == theirs.handover.timestep
    later = {"scheduler": scheduler, "steps": 10, "seed": 3}
    refined, _ = both(request_for(latent=ours, **later), "pocket-refiner", pocket_refiner)
    _, reference = both(request_for(latent=theirs, **later), "pocket-refiner", pocket_refiner)
    np.testing.assert_allclose(refined.samples, reference.samples, atol=LATENTS)


@pytest.mark.parametrize("scheduler", SOLVERS)
def test_stopping_and_going_on_is_one_run(
    scheduler: Scheduler, request_for: Any, onnx_backend: OnnxBackend, exported: Exported, monitor: Any
) -> None:
    model = exported("pocket")
    whole = onnx_backend.sample(model, request_for(scheduler=scheduler), monitor)
    half = onnx_backend.sample(model, request_for(scheduler=scheduler, end_step=3), monitor)
    rest = onnx_backend.sample(model, request_for(scheduler=scheduler, latent=half), monitor)
    np.testing.assert_array_equal(rest.samples, whole.samples)


@pytest.mark.parametrize(
    "changed",
    [
        {"guidance": Guidance(rescale=0.7)},
        {"guidance": Guidance(GuidanceMethod.FDG, rescale=0.3)},
        {"guidance": Guidance(GuidanceMethod.MAMBO_G)},
        {"guidance_scale": 1.0},
        {"negative": None},
        {"noise": Noise(variation_seed=5, variation_strength=0.3)},
        {"noise": Noise(batch=NoiseBatch.WHOLE_BATCH)},
    ],
    ids=str,
)
def test_options_act_as_in_torch(changed: dict[str, Any], both: Any, request_for: Any, empty: Any) -> None:
    ours, theirs = both(request_for(latent=empty(64, 64, 2), **changed))
    np.testing.assert_allclose(ours.samples, theirs.samples, atol=LATENTS)


def test_regions_act_as_in_torch(both: Any, request_for: Any, encode: Any, pocket: ModelRecipe) -> None:
    left = replace(encode(pocket, "a blue wall"), area=Area(0, 0, 0.5, 1, fractions=True, feather=0.2))
    ours, theirs = both(request_for(positive=combined((encode(pocket, "an apple"), left))))
    np.testing.assert_allclose(ours.samples, theirs.samples, atol=LATENTS)


@pytest.mark.parametrize("differential", [True, False])
def test_img2img_and_masks_act_as_in_torch(*, differential: bool, both: Any, request_for: Any) -> None:
    clean = np.random.default_rng(0).standard_normal((1, 4, 16, 16), np.float32)
    mask = np.linspace(0, 1, 256, dtype=np.float32).reshape(1, 16, 16)
    latent = Latent(clean, inpainting=Inpainting(mask, differential=differential))
    for given in (Latent(clean), latent):
        ours, theirs = both(request_for(latent=given, denoise=0.6))
        np.testing.assert_allclose(ours.samples, theirs.samples, atol=LATENTS)
    kept = mask[:, None].repeat(4, 1) == 0
    np.testing.assert_array_equal(ours.samples[kept], clean[kept])


@pytest.mark.parametrize("clip_skip", [0, 1])
def test_prompts_are_encoded_as_in_torch(
    *,
    clip_skip: int,
    backend: TorchBackend,
    pocket: ModelRecipe,
    onnx_backend: OnnxBackend,
    exported: Exported,
    monitor: Any,
    tmp_path: Any,
) -> None:
    file, random = tmp_path / "mark.safetensors", np.random.default_rng(0)
    plain: Any = onnx_backend.encode_text(exported("pocket"), PromptRequest(""), monitor)
    widths = {"clip_l": plain.encoder_1.shape[-1], "clip_g": plain.encoder_2.shape[-1]}
    save_file({name: random.random((2, width), np.float32) for name, width in widths.items()}, file)
    text = "a (red:1.4) apple! BREAK embedding:mark " + "very " * 80
    request = PromptRequest(text, clip_skip=clip_skip, embeddings={"mark": file})
    ours = onnx_backend.encode_text(exported("pocket"), request, monitor)
    theirs = backend.encode_text(pocket, request, monitor)
    for name in ("encoder_1", "encoder_2", "pooled"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), atol=1e-4)


@pytest.mark.parametrize(
    "text", ["a (red)0.6 apple, (green)0.3 pear++", f'("a (red)0.6 apple", "{"very " * 90}").and(0.7, 1.2)']
)
def test_compels_weights_act_as_in_torch(
    *,
    text: str,
    backend: TorchBackend,
    pocket: ModelRecipe,
    onnx_backend: OnnxBackend,
    exported: Exported,
    monitor: Any,
) -> None:
    request = PromptRequest(text, syntax=Syntax.COMPEL, weighting=Weighting.COMPEL)
    ours = onnx_backend.encode_text(exported("pocket"), request, monitor)
    theirs = backend.encode_text(pocket, request, monitor)
    for name in ("encoder_1", "encoder_2", "pooled"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), atol=1e-4)


def test_the_vae_is_torchs_both_ways(
    backend: TorchBackend, pocket: ModelRecipe, onnx_backend: OnnxBackend, exported: Exported, monitor: Any
) -> None:
    image = Image(np.random.default_rng(0).random((2, 72, 104, 3), np.float32))
    ours, theirs = (
        which.encode_image(model, image, monitor)
        for which, model in ((onnx_backend, exported("pocket")), (backend, pocket))
    )
    np.testing.assert_allclose(ours.samples, theirs.samples, atol=1e-4)
    decoded = onnx_backend.decode(exported("pocket"), ours, monitor)
    np.testing.assert_allclose(decoded.pixels, backend.decode(pocket, ours, monitor).pixels, atol=1e-4)


def test_a_run_goes_on_where_it_was_cancelled_and_shows_previews(
    request_for: Any, onnx_backend: OnnxBackend, exported: Exported, make_monitor: Any
) -> None:
    request = request_for(scheduler=Scheduler.DPMPP_2M)
    whole = make_monitor()
    expected = onnx_backend.sample(exported("pocket"), request, whole)
    assert whole.steps == [(step, 6) for step in range(1, 7)]
    assert whole.previews[-1]().size == (16, 16)
    stopped = make_monitor(cancel_at=4, keeps_state=True)
    with pytest.raises(Cancelled):
        onnx_backend.sample(exported("pocket"), request, stopped)
    resumed = make_monitor(keeps_state=True, kept=stopped.kept)
    found = onnx_backend.sample(exported("pocket"), request, resumed)
    assert resumed.resumptions == [(3, 6)]
    np.testing.assert_array_equal(found.samples, expected.samples)


def test_what_it_cannot_do_is_refused_at_run_time_too(
    *,
    request_for: Any,
    onnx_backend: OnnxBackend,
    exported: Exported,
    pocket: ModelRecipe,
    lora: Any,
    monitor: Any,
) -> None:
    patch: LoraPatch = lora("flat")
    with pytest.raises(NodeFailed, match=r"^model: the LoRA 'flat' cannot be applied"):
        onnx_backend.sample(exported("pocket").with_patch(patch), request_for(), monitor)
    with pytest.raises(NodeFailed, match=r"^model: 'pocket' is not exported"):
        onnx_backend.sample(pocket, request_for(), monitor)


def test_a_damaged_file_is_named(
    request_for: Any, onnx_backend: OnnxBackend, exported: Exported, monitor: Any, tmp_path: Any
) -> None:
    import shutil

    folder = tmp_path / "broken"
    shutil.copytree(exported("pocket").path, folder)
    (folder / "unet" / "model.onnx").write_bytes(b"nothing")
    with pytest.raises(MissingFile, match=r"unet/model\.onnx of the exported model cannot be read") as caught:
        onnx_backend.sample(ModelRecipe("broken", folder), request_for(), monitor)
    assert "\n" not in str(caught.value)
