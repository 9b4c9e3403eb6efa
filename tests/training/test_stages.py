from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from training import base, carry, decoder, inpaint, inversion, lora, refiner, vae
from training.assemble import assemble, full_rows
from training.config import Family
from training.loop import Options
from training.pack import Pack
from training.semantics import spread_rows
from training.words import Words

pytestmark = pytest.mark.full  # a few seconds each

NEW_WORD = "<friend>"
BRIEF = Options(minutes=1, batch=4, rate=1e-3, steps=2)


@pytest.fixture
def small_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vae, "SIZE", 32)
    monkeypatch.setattr(vae, "CALIBRATION", 1)


def averaged(work: Path, stage: str) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = torch.load(work / stage / "averaged.pt", weights_only=True)
    return state


@pytest.mark.usefixtures("small_pictures")
def test_an_interrupted_run_ends_as_an_unbroken_one(
    family: Family, pack: Pack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    options = replace(BRIEF, steps=4)
    vae.train(options, family, pack)
    monkeypatch.setenv("NODEFLOW_TRAINING_WORK", str(tmp_path / "broken"))
    assert not vae.train(replace(options, stop_at=2), family, pack)
    assert vae.train(options, family, pack)
    whole, resumed = averaged(tmp_path / "work", "vae"), averaged(tmp_path / "broken", "vae")
    assert all(torch.equal(whole[key], resumed[key]) for key in whole)
    assert (tmp_path / "broken/vae/loss.png").exists() == (tmp_path / "work/vae/loss.png").exists()


@pytest.mark.usefixtures("small_pictures")
def test_every_stage_trains_and_the_family_loads_with_plain_diffusers(
    family: Family, pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.assemble.all_meanings", lambda: None)  # of 49,408 words: minutes
    for stage in (vae, decoder, base, refiner, inpaint, inversion):
        assert stage.train(BRIEF, family, pack)
    for name in family.triggers:
        assert lora.train(BRIEF, family, pack, name)
    _stir(tmp_path / "work")
    models = tmp_path / "models"
    assemble(models, family, pack)
    pipeline = _base_runs(models / "checkpoints/pocket")
    _single_file_agrees(models, pipeline)
    _loras_agree(models, pipeline)
    _embedding_loads(models, pipeline)
    _shared_models_run(models, pipeline)
    _carried_weights_return(tmp_path)


def _stir(work: Path) -> None:
    """Move the weights: two steps leave outputs that start at zero too near it to show a difference."""
    torch.manual_seed(0)
    for stage in ("base", "lora-flat", "lora-dusk"):
        moved = {key: value + 0.05 * torch.randn_like(value) for key, value in averaged(work, stage).items()}
        torch.save(moved, work / stage / "averaged.pt")


def _run(pipeline: Any, **more: Any) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    settings = {"num_inference_steps": 2, "output_type": "latent", "generator": generator, **more}
    latents: torch.Tensor = pipeline("a red apple", **settings).images
    return latents


def _base_runs(folder: Path) -> Any:
    from diffusers import StableDiffusionXLPipeline

    pipeline = StableDiffusionXLPipeline.from_pretrained(folder, dtype=torch.float32, use_safetensors=True)
    pipeline.set_progress_bar_config(disable=True)
    assert _run(pipeline, height=32, width=32).isfinite().all()
    return pipeline


def _single_file_agrees(models: Path, pipeline: Any) -> None:
    from diffusers import StableDiffusionXLPipeline

    single = StableDiffusionXLPipeline.from_single_file(
        str(models / "single/pocket.safetensors"),
        config=str(models / "checkpoints/pocket"),
        dtype=torch.float32,
        local_files_only=True,
    )
    single.set_progress_bar_config(disable=True)
    assert torch.equal(_run(single, height=32, width=32), _run(pipeline, height=32, width=32))


def _loras_agree(models: Path, pipeline: Any) -> None:
    plain = _run(pipeline, height=32, width=32)
    pictures = []
    for layout in ("", "kohya"):
        pipeline.load_lora_weights(models / "loras" / layout, weight_name="dusk.safetensors")
        pictures.append(_run(pipeline, height=32, width=32))
        pipeline.unload_lora_weights()
    assert not torch.equal(plain, pictures[0])
    assert torch.allclose(pictures[0], pictures[1], atol=1e-4)


def _embedding_loads(models: Path, pipeline: Any) -> None:
    from safetensors.torch import load_file

    state = load_file(models / "embeddings/pocket-friend.safetensors")
    for number, key in (("", "clip_l"), ("_2", "clip_g")):
        parts = {part: getattr(pipeline, f"{part}{number}") for part in ("text_encoder", "tokenizer")}
        pipeline.load_textual_inversion(state[key], NEW_WORD, **parts)
    prompt = pipeline.maybe_convert_prompt(NEW_WORD, pipeline.tokenizer)
    assert len(pipeline.tokenizer.tokenize(prompt)) == 4


def _shared_models_run(models: Path, pipeline: Any) -> None:
    from diffusers import StableDiffusionXLImg2ImgPipeline, StableDiffusionXLInpaintPipeline

    folder = models / "checkpoints/pocket-refiner"
    parts = {name: getattr(pipeline, name) for name in ("vae", "text_encoder_2", "tokenizer_2")}
    refining = StableDiffusionXLImg2ImgPipeline.from_pretrained(folder, dtype=torch.float32, **parts)
    refining.set_progress_bar_config(disable=True)
    picture = torch.rand(1, 3, 32, 32)
    assert _run(refining, image=picture, strength=1.0).isfinite().all()
    parts |= {name: getattr(pipeline, name) for name in ("text_encoder", "tokenizer")}
    folder = models / "checkpoints/pocket-inpaint"
    painting = StableDiffusionXLInpaintPipeline.from_pretrained(folder, dtype=torch.float32, **parts)
    painting.set_progress_bar_config(disable=True)
    mask = torch.ones(1, 1, 32, 32)
    assert _run(painting, image=picture, mask_image=mask, height=32, width=32, strength=1.0).isfinite().all()


def _carried_weights_return(tmp_path: Path) -> None:
    before = averaged(tmp_path / "work", "base")
    carry.pack(tmp_path / "parts")
    carry.unpack(tmp_path / "parts")
    after = averaged(tmp_path / "work", "base")
    assert all(torch.allclose(before[key], after[key].float(), atol=2e-3) for key in before)


def test_unseen_tokens_get_rows_by_meaning(pack: Pack) -> None:
    words = Words(pack.vocabulary)
    rows = torch.randn(words.size, 8)
    table = full_rows(rows, pack, None)
    assert torch.equal(table[words.ids], rows[: len(words.ids)])
    assert torch.equal(table[49407], rows[words.end])
    assert torch.equal(table[1], rows[words.unknown])
    import numpy as np

    known = np.eye(3, dtype=np.float32)
    near = spread_rows(torch.eye(3), known, known[1:2])
    assert near.argmax() == 1
