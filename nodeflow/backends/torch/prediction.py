"""What a model's UNet predicts, and how its noise ends: by a scheduler config, or by marks in single files.

Files of models that predict velocity (arXiv:2202.00512) carry an empty tensor `v_pred`, and `ztsnr` where the
last step of training was pure noise (arXiv:2305.08891), as ComfyUI, Forge and reForge read them; or they say
so in the Stability AI Model Metadata Standard's `modelspec.prediction_type`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from nodeflow.values import Patch, PredictionPatch

V_PREDICTION = "v_prediction"
_V_MARK = "v_pred"
_ZERO_SNR_MARK = "ztsnr"
_PREDICTION_KEY = "modelspec.prediction_type"
_OTHERS = ("edm_mean", "edm_std", "edm_vpred.sigma_max")
"""Marks of models whose noise is laid out in ways that no scheduler here follows."""


def prediction(scheduler: Mapping[str, Any]) -> str:
    """What a model predicts, by its scheduler config."""
    return str(scheduler.get("prediction_type", "epsilon"))


def with_patches(scheduler: Mapping[str, Any], patches: Sequence[Patch]) -> Mapping[str, Any]:
    """A scheduler config as a model's patches want it; the last of them counts."""
    for patch in patches:
        if isinstance(patch, PredictionPatch):
            scheduler = {**scheduler, "prediction_type": patch.prediction.value, **_ends(patch.zero_snr)}
    return scheduler


def markers(scheduler: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of empty tensors that mark a single file of a model with this scheduler config."""
    marks = (
        (prediction(scheduler) == V_PREDICTION, _V_MARK),
        (bool(scheduler.get("rescale_betas_zero_snr")), _ZERO_SNR_MARK),
    )
    return tuple(name for wanted, name in marks if wanted)


def marked(names: Collection[str], metadata: Mapping[str, str]) -> dict[str, Any]:
    """What a single file's marks mean for its scheduler config; empty where there are none.

    Args:
        names: Of the file's tensors.
        metadata: Of the file.
    """
    velocity = _V_MARK in names or metadata.get(_PREDICTION_KEY, "").lower() in (
        "v",
        V_PREDICTION,
        "v-prediction",
    )
    zero = _ZERO_SNR_MARK in names
    return ({"prediction_type": V_PREDICTION} if velocity else {}) | _ends(zero)


def _ends(zero_snr: bool) -> dict[str, Any]:
    """How the steps of a model trained up to pure noise lie: they begin at the very last one of training."""
    return {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"} if zero_snr else {}


def unknown_marks(names: Collection[str]) -> str:
    """A mark of a file whose noise no scheduler here follows; empty: there is none."""
    return next((name for name in _OTHERS if name in names), "")
