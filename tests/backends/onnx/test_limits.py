"""What exported models cannot do is said in one line, with the way out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodeflow.backends.onnx.limits import check
from nodeflow.backends.onnx.solvers import SOLVERS
from nodeflow.errors import NodeFailed
from nodeflow.values import (
    Conditioning,
    FreeUPatch,
    Guidance,
    GuidanceMethod,
    LoraPatch,
    ModelPart,
    ModelRecipe,
    Noise,
    NoiseSource,
    Schedule,
    Scheduler,
    Solver,
)

MODEL = ModelRecipe("pocket", Path("pocket"))
LORA = LoraPatch("flat", Path("flat.safetensors"), 1.0, 0.0)
STATES = np.zeros((1, 77, 4), np.float32)
MASKED = Conditioning(STATES, STATES, STATES[0, :1], attended=np.ones((1, 77), np.float32))


@pytest.mark.parametrize(
    ("value", "part", "said"),
    [
        (MODEL.with_patch(LORA), ModelPart.UNET, "the LoRA 'flat' cannot be applied to 'pocket'"),
        (MODEL.with_patch(FreeUPatch(1, 1, 1, 1)), ModelPart.UNET, "its layers cannot be changed"),
        (MODEL.with_vae(Path("vae")), ModelPart.VAE, "of which none can be another"),
        (MODEL.with_part("unet", Path("unet")), ModelPart.UNET, "of which none can be another"),
        (Scheduler.HEUN, ModelPart.UNET, "the scheduler 'heun'.*Choose one of: euler, "),
        (Noise(NoiseSource.DEVICE), ModelPart.UNET, "noise from the CPU.*Set the source of noise to cpu"),
        (Solver(eta=0.5), ModelPart.UNET, "schedulers have no eta.*Leave it unset"),
        (
            Guidance(GuidanceMethod.PAG),
            ModelPart.UNET,
            "the guidance 'pag'.*Choose one of: cfg, fdg, mambo_g",
        ),
        (MASKED, ModelPart.UNET, "cannot be masked.*Unset mask_padding"),
    ],
)
def test_it_is_refused(value: Any, part: ModelPart, said: str) -> None:
    with pytest.raises(NodeFailed, match=said) as caught:
        check(value, part)
    assert caught.value.advice
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "part"),
    [
        (MODEL, ModelPart.UNET),
        (MODEL.with_patch(LORA), ModelPart.TEXT_ENCODERS),
        (MODEL.with_vae(Path("vae")), ModelPart.UNET),
        *((name, ModelPart.UNET) for name in SOLVERS),
        (Noise(variation_seed=3), ModelPart.UNET),
        (Guidance(rescale=0.7), ModelPart.UNET),
        (Guidance(GuidanceMethod.FDG), ModelPart.UNET),
        (Guidance(GuidanceMethod.MAMBO_G), ModelPart.UNET),
        (Schedule(), ModelPart.UNET),
        (None, ModelPart.UNET),
        (7, ModelPart.UNET),
    ],
)
def test_the_rest_is_not(value: Any, part: ModelPart) -> None:
    check(value, part)
