from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from nodeflow.errors import MissingFile, UsageError
from nodeflow.folders import BUNDLED_MODELS
from nodeflow.hardware import Arrangement, HardwareProfile, Mode, Part, Quality, Request, Wishes
from nodeflow.values import ModelPart, ModelRecipe

CHECKPOINTS = BUNDLED_MODELS / "checkpoints"
BASE = ModelRecipe("pocket", CHECKPOINTS / "pocket")
REFINER = ModelRecipe("pocket-refiner", CHECKPOINTS / "pocket-refiner")


def test_exact_is_usual_on_a_cpu_and_balanced_on_a_card(machines: Mapping[str, HardwareProfile]) -> None:
    assert Arrangement(machines["CPU 8 GB"]).request.quality is Quality.EXACT
    assert Arrangement(machines["CUDA 8 GB"]).request.quality is Quality.BALANCED
    assert Arrangement(machines["CUDA 8 GB"], Wishes(device="cpu")).request.quality is Quality.EXACT
    assert Arrangement(machines["CPU 8 GB"], Wishes(quality=Quality.FAST)).request.quality is Quality.FAST


def test_a_device_without_a_number_is_the_first(machines: Mapping[str, HardwareProfile]) -> None:
    arrangement = Arrangement(machines["2 x CUDA 12 GB"], Wishes(device="cuda"))
    assert arrangement.placed(BASE, Part.UNET).device.address == "cuda:0"


def test_what_no_device_can_do_is_refused(machines: Mapping[str, HardwareProfile]) -> None:
    with pytest.raises(UsageError, match="no device 'cuda:0'"):
        Arrangement(machines["CPU 8 GB"], Wishes(device="cuda")).placement(BASE)
    with pytest.raises(UsageError, match="group_offload"):
        Arrangement(machines["CPU 8 GB"], Wishes(mode=Mode.GROUP_OFFLOAD)).placement(BASE)


def test_base_and_refiner_are_placed_together_and_apart_on_two_cards(
    machines: Mapping[str, HardwareProfile],
) -> None:
    arrangement = Arrangement(machines["2 x CUDA 12 GB"], models=[BASE, REFINER])
    assert arrangement.placement(BASE) is arrangement.placement(REFINER)
    homes = {arrangement.placed(model, Part.UNET).device.address for model in (BASE, REFINER)}
    assert homes == {"cuda:0", "cuda:1"}


def test_two_bases_are_placed_one_by_one(machines: Mapping[str, HardwareProfile], tmp_path: Path) -> None:
    other = ModelRecipe("other", shutil.copytree(BASE.path, tmp_path / "other"))
    arrangement = Arrangement(machines["CUDA 8 GB"], models=[BASE, other])
    assert arrangement.placement(BASE) is not arrangement.placement(other)


def test_a_vae_of_its_own_is_measured_in_place_of_the_checkpoints(
    machines: Mapping[str, HardwareProfile], tmp_path: Path
) -> None:
    vae = shutil.copytree(BASE.path / "vae", tmp_path / "vae")
    arrangement = Arrangement(machines["CPU 8 GB"])
    own, other = (arrangement.placed(model, Part.VAE).size for model in (BASE, BASE.with_vae(vae)))
    assert own.parameters == other.parameters > 0
    assert (own.source, other.source) == (str((BASE.path / "vae").resolve()), str(vae.resolve()))


def test_keys_hold_how_a_part_computes_and_no_addresses(machines: Mapping[str, HardwareProfile]) -> None:
    exact = Arrangement(machines["CPU 32 GB"]).arithmetic
    assert exact(BASE, ModelPart.UNET) == {"device": "cpu", "dtype": "fp32"}
    fast = Arrangement(machines["2 x CUDA 12 GB"], Wishes(Quality.FAST, "cuda:1")).arithmetic
    assert fast(BASE, ModelPart.TEXT_ENCODERS) == {"device": "cuda", "dtype": "bf16"}
    assert fast(BASE, ModelPart.UNET)["reuse_every"] == "3"


def test_tiles_enter_the_keys_of_the_vae_alone(machines: Mapping[str, HardwareProfile]) -> None:
    large = Request(4096, 4096)
    arrangement = Arrangement(machines["CUDA 8 GB"], Wishes(Quality.BALANCED), large)
    assert arrangement.arithmetic(BASE, ModelPart.VAE)["tile"] == "512"
    assert "tile" not in arrangement.arithmetic(BASE, ModelPart.UNET)


def test_work_takes_more_memory_for_larger_pictures(machines: Mapping[str, HardwareProfile]) -> None:
    small, large = (Arrangement(machines["CPU 32 GB"], None, Request(s, s)) for s in (256, 1024))
    assert small.working_bytes(BASE, Part.VAE) < large.working_bytes(BASE, Part.VAE)


def test_overlap_needs_room_for_both(machines: Mapping[str, HardwareProfile]) -> None:
    wanted = Request(1024, 1024, overlap=True)
    assert Arrangement(machines["CPU 32 GB"], None, wanted).placement(BASE).overlap
    assert not Arrangement(machines["CPU 32 GB"]).placement(BASE).overlap
    assert (
        not Arrangement(machines["CPU 8 GB"], None, Request(4096, 4096, overlap=True)).placement(BASE).overlap
    )


def test_two_at_a_time_are_predicted_to_take_more(machines: Mapping[str, HardwareProfile]) -> None:
    alone, both = (
        Arrangement(machines["CPU 32 GB"], None, Request(overlap=overlap)).placement(BASE).peaks[0].bytes
        for overlap in (False, True)
    )
    assert alone < both


def test_a_missing_checkpoint_is_named(machines: Mapping[str, HardwareProfile], tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match="gone"):
        Arrangement(machines["CPU 8 GB"]).placement(ModelRecipe("gone", tmp_path / "gone.safetensors"))
