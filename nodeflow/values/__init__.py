"""What flows along the wires: light, frozen, NumPy-backed values. No tensors, no weights."""

from nodeflow.values.conditioning import (
    Conditioning,
    SizeConditioning,
    attended_in,
    combined,
    filled_up,
    one_after_the_other,
)
from nodeflow.values.curve import Curve
from nodeflow.values.guidance import Guidance, GuidanceMethod
from nodeflow.values.image import Image, Mask
from nodeflow.values.latent import LATENT_CHANNELS, LATENT_SCALE, Handover, Inpainting, Latent
from nodeflow.values.model import (
    DeepShrinkPatch,
    FreeUPatch,
    Layout,
    LoraPatch,
    MergePatch,
    ModelPart,
    ModelRecipe,
    Patch,
    Prediction,
    PredictionPatch,
)
from nodeflow.values.moment import ALWAYS, Moment, common
from nodeflow.values.noise import Noise, NoiseBatch, NoiseSource
from nodeflow.values.prompt import Prompt
from nodeflow.values.region import Area, MaskedRegion
from nodeflow.values.schedule import DenoiseSteps, Schedule, SigmaSpacing, TimestepSpacing
from nodeflow.values.scheduler import Scheduler
from nodeflow.values.solver import Solver, SolverType
from nodeflow.values.template import Template

__all__ = [
    "ALWAYS",
    "LATENT_CHANNELS",
    "LATENT_SCALE",
    "Area",
    "Conditioning",
    "Curve",
    "DeepShrinkPatch",
    "DenoiseSteps",
    "FreeUPatch",
    "Guidance",
    "GuidanceMethod",
    "Handover",
    "Image",
    "Inpainting",
    "Latent",
    "Layout",
    "LoraPatch",
    "Mask",
    "MaskedRegion",
    "MergePatch",
    "ModelPart",
    "ModelRecipe",
    "Moment",
    "Noise",
    "NoiseBatch",
    "NoiseSource",
    "Patch",
    "Prediction",
    "PredictionPatch",
    "Prompt",
    "Schedule",
    "Scheduler",
    "SigmaSpacing",
    "SizeConditioning",
    "Solver",
    "SolverType",
    "Template",
    "TimestepSpacing",
    "attended_in",
    "combined",
    "common",
    "filled_up",
    "one_after_the_other",
]
