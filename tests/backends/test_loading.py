"""Diffusers folders: shared and half-precision parts, and everything that can be wrong with them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import pytest
import torch

from nodeflow.backends import PromptRequest
from nodeflow.backends.torch import TorchBackend
from nodeflow.backends.torch.source import locate
from nodeflow.errors import MissingFile, NodeFailed, NodeflowError, UsageError
from nodeflow.hardware import Part
from nodeflow.values import Latent, ModelRecipe

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4

LATENT = Latent(np.zeros((1, 4, 8, 8), np.float32))


@pytest.fixture
def copied(tmp_path: Path, pocket: ModelRecipe) -> ModelRecipe:
    """A copy of pocket to damage; its files are links until they are replaced."""
    target = tmp_path / "copied"
    shutil.copytree(pocket.path, target, copy_function=os.symlink)
    return ModelRecipe("copied", target)


def rewrite(file: Path, change: Callable[[dict[str, Any]], None]) -> None:
    data = json.loads(file.read_text())
    change(data)
    file.unlink()
    file.write_text(json.dumps(data))


def test_checkpoints_that_share_parts_on_disk_share_them_in_memory(
    pocket: ModelRecipe, pocket_refiner: ModelRecipe
) -> None:
    backend = TorchBackend("cpu")
    assert locate(pocket_refiner.path).is_refiner
    assert not locate(pocket.path).is_refiner
    for part in (Part.VAE, Part.TEXT_ENCODER_2):
        with backend.lease(pocket, part) as one, backend.lease(pocket_refiner, part) as two:
            assert one[part].module is two[part].module
    with backend.lease(pocket, Part.UNET) as one, backend.lease(pocket_refiner, Part.UNET) as two:
        assert one[Part.UNET].module is not two[Part.UNET].module
        assert one[Part.UNET].module.dtype is torch.float32


def test_a_part_is_loaded_once_until_it_changes(copied: ModelRecipe) -> None:
    backend = TorchBackend("cpu")

    def module() -> Any:
        with backend.lease(copied, Part.VAE) as lease:
            return lease[Part.VAE].module

    first = module()
    assert module() is first
    config = copied.path / "vae" / "config.json"
    rewrite(config, lambda data: data.update(scaling_factor=0.5))
    assert module() is not first
    assert module().config.scaling_factor == 0.5
    second = module()
    backend.close()
    assert module() is not second


def test_a_folder_with_half_precision_files_alone(
    copied: ModelRecipe, pocket: ModelRecipe, backend: TorchBackend, monitor: Any
) -> None:
    for file in copied.path.rglob("*.safetensors"):
        file.rename(file.with_suffix(".fp16.safetensors"))
    backend.encode_text(copied, PromptRequest("a panda"), monitor)
    ours = backend.decode(copied, LATENT, monitor).pixels
    np.testing.assert_array_equal(ours, backend.decode(pocket, LATENT, monitor).pixels)


def refused(backend: TorchBackend, model: ModelRecipe, monitor: Any) -> NodeflowError:
    with pytest.raises(NodeflowError) as caught:
        backend.decode(model, LATENT, monitor)
    assert caught.value.input == "model"
    assert "Traceback" not in str(caught.value)
    return caught.value


def test_pickles_are_never_a_fallback(copied: ModelRecipe, backend: TorchBackend, monitor: Any) -> None:
    file = copied.path / "vae" / "diffusion_pytorch_model.safetensors"
    file.unlink()
    torch.save({}, file.with_suffix(".bin"))
    error = refused(backend, copied, monitor)
    assert isinstance(error, MissingFile)
    assert "pickles" in str(error)


@pytest.mark.parametrize("content", [b"", b"nonsense", "half"])
def test_damaged_weights(
    content: bytes | str, copied: ModelRecipe, backend: TorchBackend, monitor: Any
) -> None:
    file = copied.path / "vae" / "diffusion_pytorch_model.safetensors"
    whole = file.read_bytes()
    file.unlink()
    file.write_bytes(content if isinstance(content, bytes) else whole[: len(whole) // 2])
    assert isinstance(refused(backend, copied, monitor), MissingFile)


def test_weights_that_lack_some(copied: ModelRecipe, backend: TorchBackend, monitor: Any) -> None:
    rewrite(copied.path / "vae" / "config.json", lambda data: data.update(mid_block_add_attention=True))
    error = refused(backend, copied, monitor)
    assert isinstance(error, MissingFile)
    assert "lacks weights such as" in str(error)


def test_weights_of_another_size(copied: ModelRecipe, backend: TorchBackend, monitor: Any) -> None:
    rewrite(
        copied.path / "vae" / "config.json", lambda data: data.update(block_out_channels=[16, 32, 64, 64])
    )
    assert isinstance(refused(backend, copied, monitor), MissingFile)


@pytest.mark.parametrize("name", ["model_index.json", "scheduler/scheduler_config.json"])
@pytest.mark.parametrize("text", ["{", "[]", None])
def test_damaged_json(
    name: str, text: str | None, copied: ModelRecipe, backend: TorchBackend, monitor: Any
) -> None:
    (copied.path / name).unlink()
    if text is not None:
        (copied.path / name).write_text(text)
    assert isinstance(refused(backend, copied, monitor), MissingFile)


def test_missing_parts(copied: ModelRecipe, backend: TorchBackend, monitor: Any) -> None:
    rewrite(copied.path / "model_index.json", lambda data: data.update(vae=[None, None]))
    assert "has no vae" in str(refused(backend, copied, monitor))
    rewrite(copied.path / "model_index.json", lambda data: data.update(vae=["diffusers", "AutoencoderKL"]))
    shutil.rmtree(copied.path / "vae")
    assert isinstance(refused(backend, copied, monitor), MissingFile)


def test_another_architecture(copied: ModelRecipe, backend: TorchBackend, monitor: Any) -> None:
    rewrite(copied.path / "model_index.json", lambda data: data.update(_class_name="StableDiffusionPipeline"))
    error = refused(backend, copied, monitor)
    assert isinstance(error, NodeFailed)
    assert "StableDiffusionPipeline" in str(error)


def test_a_folder_without_its_second_encoder(
    copied: ModelRecipe, backend: TorchBackend, monitor: Any
) -> None:
    rewrite(copied.path / "model_index.json", lambda data: data.update(text_encoder_2=[None, None]))
    with pytest.raises(MissingFile, match="has no text_encoder_2"):
        backend.encode_text(copied, PromptRequest("a panda"), monitor)


def test_an_inpainting_model_is_refused_without_what_is_around_the_mask(
    copied: ModelRecipe, backend: TorchBackend, request_for: Callable[..., Any], monitor: Any
) -> None:
    rewrite(copied.path / "unet" / "config.json", lambda data: data.update(in_channels=9))
    config = diffusers.UNet2DConditionModel.load_config(copied.path / "unet")
    shutil.rmtree(copied.path / "unet")
    diffusers.UNet2DConditionModel.from_config(config).half().save_pretrained(copied.path / "unet")
    with pytest.raises(NodeFailed, match="inpainting") as caught:
        backend.sample(copied, request_for(), monitor)
    assert caught.value.input == "model"


def test_nothing_there(tmp_path: Path, backend: TorchBackend, monitor: Any) -> None:
    assert isinstance(refused(backend, ModelRecipe("none", tmp_path / "none"), monitor), MissingFile)
    assert isinstance(refused(backend, ModelRecipe("empty", tmp_path), monitor), MissingFile)


def test_closing_lets_go_and_later_calls_load_again(pocket: ModelRecipe, monitor: Any) -> None:
    own = TorchBackend("cpu")
    before = own.decode(pocket, LATENT, monitor).pixels
    own.close()
    np.testing.assert_array_equal(own.decode(pocket, LATENT, monitor).pixels, before)


def test_the_environment_chooses_the_device(monkeypatch: pytest.MonkeyPatch, pocket: ModelRecipe) -> None:
    monkeypatch.setenv("NODEFLOW_DEVICE", "cpu")
    with TorchBackend().lease(pocket, Part.VAE) as lease:
        assert lease[Part.VAE].device.type == "cpu"
    monkeypatch.setenv("NODEFLOW_DEVICE", "abacus")
    with pytest.raises(UsageError, match="abacus"):
        TorchBackend()
    assert TorchBackend("cpu").name == "torch"


def test_nothing_is_printed(pocket: ModelRecipe) -> None:
    script = f"""
from pathlib import Path
import numpy as np
from nodeflow.backends import PromptRequest, SampleRequest
from nodeflow.backends.torch import TorchBackend
from nodeflow.values import Latent, LoraPatch, ModelRecipe, Scheduler

class Silent:
    def progress(self, step, steps, preview=None): pass
    def raise_if_cancelled(self): pass
    def warn(self, message): pass
    def deviate(self, part, **facts): pass
    state = None

backend, monitor = TorchBackend(), Silent()
model = ModelRecipe("pocket", Path({str(pocket.path)!r}))
prompt = backend.encode_text(model, PromptRequest("apple " * 100), monitor)
latent = Latent(np.zeros((1, 4, 8, 8), np.float32), empty=True)
for name in ("flat", "high-contrast"):
    model = model.with_patch(LoraPatch(name, model.path.parents[1] / "loras" / (name + ".safetensors")))
    backend.sample(model, SampleRequest(latent, prompt, None, 0, 1, 5.0, Scheduler.DPMPP_2S), monitor)
backend.decode(model, latent, monitor)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
