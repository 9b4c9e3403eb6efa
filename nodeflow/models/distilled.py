"""Models distilled to few steps, and the settings that they were made for.

A distilled checkpoint or LoRA has the same tensors as any other, so its makers' words tell it: its name, its
title, what it was made from. Only consistency models with a guidance embedding show it in their structure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from nodeflow.errors import MissingFile
from nodeflow.files import read_any
from nodeflow.models.about import About
from nodeflow.models.metadata import told_by
from nodeflow.values import LoraPatch, ModelRecipe, Scheduler, TimestepSpacing


@dataclass(frozen=True)
class Distillation:
    """A way in which models are distilled, and the settings that its authors advise.

    Attributes:
        name: What they call it.
        scheduler: The solver.
        most_steps: The most steps that are of use.
        most_guidance: The highest guidance scale that does not burn pictures; 1 is none.
        spacing: How timesteps lie; None: as the solver's own schedule.
        only: Whether no other solver will do.
    """

    name: str
    scheduler: Scheduler
    most_steps: int
    most_guidance: float
    spacing: TimestepSpacing | None = None
    only: bool = False

    @property
    def settings(self) -> str:
        """The advised settings, as a sentence names them."""
        guidance = "1" if self.most_guidance == 1 else f"1 to {self.most_guidance:g}"
        spacing = "" if self.spacing is None else f", timestep spacing {self.spacing.value}"
        return (
            f"scheduler {self.scheduler.value}{spacing}, up to {self.most_steps} steps, guidance {guidance}"
        )


# What their model cards say: latent-consistency/lcm-lora-sdxl, ByteDance/SDXL-Lightning, ByteDance/Hyper-SD,
# stabilityai/sdxl-turbo, h1t/TCD-SDXL-LoRA, tianweiy/DMD2.
_LCM = Distillation("LCM", Scheduler.LCM, 8, 2.0, only=True)
_KNOWN = (
    ({"lcm"}, _LCM),
    ({"latent", "consistency"}, _LCM),
    ({"tcd"}, Distillation("TCD", Scheduler.TCD, 8, 1.0, only=True)),
    ({"dmd"}, Distillation("DMD2", Scheduler.LCM, 8, 1.0, only=True)),
    ({"hyper", "sdxl"}, Distillation("Hyper-SD", Scheduler.TCD, 8, 1.0)),
    ({"lightning", "sdxl"}, Distillation("Lightning", Scheduler.EULER, 8, 1.0, TimestepSpacing.TRAILING)),
    ({"turbo", "sdxl"}, Distillation("Turbo", Scheduler.EULER_ANCESTRAL, 8, 2.0, TimestepSpacing.TRAILING)),
)
"""What was made how, by the words that tell it; `sdxl` stands for any of `_FAMILY`: lightning strikes too."""
_FAMILY = {"xl", "sd", "sdxl", "step", "steps"}
_EMBEDDED = ("time_embed.cond_proj.weight", "time_embedding.cond_proj.weight")


def distillation(name: str, about: About, tensors: Iterable[str] = ()) -> Distillation | None:
    """Say how a model was distilled, if it was.

    Args:
        name: Its name.
        about: What its makers say of it.
        tensors: Names of its tensors, as far as they are known.
    """
    if any(tensor.endswith(_EMBEDDED) for tensor in tensors):
        return _LCM
    words = _words(" ".join((name, about.title, about.base_model)))
    return next((found for telling, found in _KNOWN if telling <= words), None)


def distillation_of_file(name: str, path: Path) -> Distillation | None:
    """As `distillation`, of a model on disk; never raises."""
    try:
        header = read_any(path) if path.is_file() else None
    except MissingFile:
        header = None
    if header is None:
        return distillation(name, About())
    return distillation(name, told_by(header.metadata), header.tensors)


def advice(model: ModelRecipe, scheduler: Scheduler, steps: int, guidance: float) -> tuple[str, ...]:
    """What to tell somebody who samples a distilled model with settings that it was not made for.

    Args:
        model: The model.
        scheduler: The solver that is used.
        steps: How many steps of it.
        guidance: The highest guidance scale.

    Returns:
        A sentence for each distilled part of the model that the settings do not suit.
    """
    files = [
        (model.name, model.path),
        *((place.stem, place) for name, place in model.parts if name == "unet"),
    ]
    loras = (patch for patch in model.patches if isinstance(patch, LoraPatch) and patch.unet_weight > 0)
    files += [(patch.name, patch.path) for patch in loras]
    told = {}
    for name, path in files:
        found = distillation_of_file(name, path)
        if found and not _suits(found, scheduler, steps, guidance):
            told[found.name] = f"'{name}' is distilled ({found.name}): it wants {found.settings}"
    return tuple(told.values())


def _suits(found: Distillation, scheduler: Scheduler, steps: int, guidance: float) -> bool:
    """Whether settings are near enough to those that are advised."""
    near = steps <= 2 * found.most_steps and guidance <= found.most_guidance + 1
    return near and (scheduler is found.scheduler or not found.only)


def _words(text: str) -> set[str]:
    """The words of a name, of which files leave out the spaces: `dreamshaperXL_v21TurboDPMSDE`."""
    found = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", text)
    words = {word.lower() for word in found}
    return words | {"sdxl"} if words & _FAMILY else words
