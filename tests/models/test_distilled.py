"""Models distilled to few steps are known by their names, and settings that do not suit them are told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from nodeflow.models.about import About
from nodeflow.models.distilled import advice, distillation, distillation_of_file
from nodeflow.values import LoraPatch, ModelRecipe, Scheduler, TimestepSpacing

NAMES = {
    "sdxl_lightning_4step_lora": "Lightning",
    "juggernautXL_v9Rdphoto2Lightning": "Lightning",
    "dreamshaperXL_v21TurboDPMSDE": "Turbo",
    "sd_xl_turbo_1.0_fp16": "Turbo",
    "lcm-lora-sdxl": "LCM",
    "TCD-SDXL-LoRA": "TCD",
    "Hyper-SDXL-8steps-lora": "Hyper-SD",
    "dmd2_sdxl_4step_unet": "DMD2",
    "sd_xl_base_1.0": None,
    "lightning strikes": None,
    "hyperrealistic": None,
    "pocket": None,
}


@pytest.mark.parametrize(("name", "expected"), NAMES.items(), ids=NAMES)
def test_a_name_tells(name: str, expected: str | None) -> None:
    found = distillation(name, About())
    assert (found.name if found else None) == expected


def test_what_its_makers_say_and_its_structure_tell_too(tmp_path: Path) -> None:
    found = distillation("mine", About(base_model="SDXL Lightning 8 step"))
    assert found is not None
    assert (found.scheduler, found.spacing) == (Scheduler.EULER, TimestepSpacing.TRAILING)
    name = "model.diffusion_model.time_embed.cond_proj.weight"
    save_file({name: np.zeros((4, 4), np.float32)}, tmp_path / "a.safetensors")
    save_file({"x": np.zeros(1, np.float32)}, tmp_path / "b.safetensors", {"modelspec.title": "My TCD LoRA"})
    (tmp_path / "c.safetensors").write_bytes(b"nonsense")
    files = [distillation_of_file("mine", tmp_path / f"{name}.safetensors") for name in "abc"]
    assert [one.name if one else None for one in files] == ["LCM", "TCD", None]


def told(name: str, scheduler: Scheduler, steps: int, guidance: float) -> tuple[str, ...]:
    return advice(ModelRecipe(name, Path(name)), scheduler, steps, guidance)


def test_settings_that_do_not_suit_are_told() -> None:
    (line,) = told("sdxl_lightning_4step", Scheduler.EULER, 25, 7.0)
    assert line == (
        "'sdxl_lightning_4step' is distilled (Lightning): it wants scheduler euler, timestep spacing "
        "trailing, up to 8 steps, guidance 1"
    )
    assert told("sdxl_lightning_4step", Scheduler.DPMPP_SDE, 6, 1.5) == ()
    assert told("lcm-sdxl", Scheduler.EULER, 6, 1.5)
    assert told("lcm-sdxl", Scheduler.LCM, 6, 1.5) == ()
    assert told("pocket", Scheduler.EULER, 100, 12) == ()


def test_loras_and_unets_are_looked_at_too() -> None:
    model = ModelRecipe("pocket", Path("pocket")).with_part(
        "unet", Path("sdxl_lightning_4step_unet.safetensors")
    )
    lora = LoraPatch("lcm-lora-sdxl", Path("lcm.safetensors"))
    assert len(advice(model.with_patch(lora), Scheduler.EULER, 25, 7.0)) == 2
    off = LoraPatch("lcm-lora-sdxl", Path("lcm.safetensors"), 0.0)
    assert len(advice(model.with_patch(off), Scheduler.EULER, 25, 7.0)) == 1
