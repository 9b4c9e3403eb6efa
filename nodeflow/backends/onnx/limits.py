"""What an exported model cannot do. Needs no ONNX Runtime, so that it is said while a run is planned."""

from __future__ import annotations

from functools import singledispatch

from nodeflow.backends.onnx.solvers import SOLVERS
from nodeflow.errors import NodeFailed
from nodeflow.values import (
    Conditioning,
    Guidance,
    GuidanceMethod,
    LoraPatch,
    ModelPart,
    ModelRecipe,
    Noise,
    NoiseSource,
    Scheduler,
    Solver,
)

_GUIDANCE = (GuidanceMethod.CFG, GuidanceMethod.FDG, GuidanceMethod.MAMBO_G)
"""What needs neither torch nor layers that can be changed."""


@singledispatch
def check(value: object, part: ModelPart) -> None:
    """Raise NodeFailed if an exported model can do nothing with a value that a node gives it.

    Args:
        value: What an input has.
        part: The part of the model that the node uses.
    """


@check.register
def _model(value: ModelRecipe, part: ModelPart) -> None:
    for patch in value.patches_for(part):
        if isinstance(patch, LoraPatch):
            raise NodeFailed(
                f"the LoRA '{patch.name}' cannot be applied to '{value.name}', which is exported to ONNX",
                advice="Export the model anew with `nodeflow convert --to onnx --merge-lora`",
            )
        raise NodeFailed(
            f"'{value.name}' is exported to ONNX, where its layers cannot be changed",
            advice="Take the node that changes them out, or run the checkpoint that it was exported from",
        )
    if value.parts_for(part) or (part is ModelPart.VAE and value.vae is not None):
        raise NodeFailed(
            f"'{value.name}' is exported to ONNX with all its parts, of which none can be another",
            advice="Take the node that replaces one out, or export the model anew with it",
        )


@check.register
def _scheduler(value: Scheduler, part: ModelPart) -> None:  # noqa: ARG001 - only samplers have one
    if value not in SOLVERS:
        raise NodeFailed(
            f"the scheduler '{value}' cannot be had for models exported to ONNX",
            advice=f"Choose one of: {', '.join(SOLVERS)}",
        )


@check.register
def _noise(value: Noise, part: ModelPart) -> None:  # noqa: ARG001
    if value.source is NoiseSource.DEVICE:
        raise NodeFailed(
            "models exported to ONNX get their noise from the CPU", advice="Set the source of noise to cpu"
        )


@check.register
def _solver(value: Solver, part: ModelPart) -> None:  # noqa: ARG001
    if told := value.told():
        raise NodeFailed(
            f"schedulers have no {told[0]} for models exported to ONNX",
            advice="Leave it unset, or run the checkpoint that the model was exported from",
        )


@check.register
def _guidance(value: Guidance, part: ModelPart) -> None:  # noqa: ARG001
    if value.method not in _GUIDANCE:
        raise NodeFailed(
            f"the guidance '{value.method}' cannot be had for models exported to ONNX",
            advice=f"Choose one of: {', '.join(_GUIDANCE)}",
        )


@check.register
def _conditioning(value: Conditioning, part: ModelPart) -> None:  # noqa: ARG001
    if any(prompt.attended is not None for prompt in value.prompts):
        raise NodeFailed(
            "the padding of prompts cannot be masked for models exported to ONNX",
            advice="Unset mask_padding of TextEncode",
        )
