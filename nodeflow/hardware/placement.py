"""The placement policy: from a machine and a model's sizes to where, how precisely and how it runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nodeflow.hardware.assign import Placed
from nodeflow.hardware.decide import decide, has_room_for_two
from nodeflow.hardware.explain import changes, reason
from nodeflow.hardware.profile import DeviceKind, HardwareProfile
from nodeflow.hardware.request import Mode, Request
from nodeflow.hardware.shortcuts import compiles, reuse_every
from nodeflow.hardware.sizes import ComponentSize, Model, Part


@dataclass(frozen=True)
class Peak:
    """Predicted use of a device's memory at the worst moment.

    Attributes:
        device: Its address; `cpu` stands for RAM.
        bytes: What is needed at most.
        free: What is free.
    """

    device: str
    bytes: int
    free: int


@dataclass(frozen=True)
class Placement:
    """A decision.

    Attributes:
        components: Every component that has weights. Tokenizers have none; they run on the CPU.
        vae_tile: Side of the tiles in which the VAE decodes, in pixels; None: whole.
        vae_slicing: Whether the VAE takes the pictures of a batch one by one.
        attention_slicing: Whether the UNet takes attention heads one by one.
        reuse_every: The UNet computes its deep layers at every so-manieth evaluation and takes them from the
            last one in between, in the manner of DeepCache (arXiv:2312.00858); 1: always.
        compiled: Whether the UNet's repeated blocks are compiled, which pays only for long work.
        overlap: Whether there is room to decode one picture while the next is sampled.
        peaks: Predicted memory by device; those that are not used are left out.
        fits: Whether it is expected to work; if not, it is the attempt that lacks least.
        rank: Its place among all ways to arrange the parts, the fastest being 0.
        untried: Whether nobody has yet run it: so far, everything on accelerators but CUDA, and some
            modes there.
        reason: Why this way, in plain words.
        changes: What would change it, in plain words, one sentence each.
    """

    components: tuple[Placed, ...]
    vae_tile: int | None
    vae_slicing: bool
    attention_slicing: bool
    reuse_every: int
    compiled: bool
    overlap: bool
    peaks: tuple[Peak, ...]
    fits: bool
    rank: int
    untried: bool
    reason: str
    changes: tuple[str, ...]

    def of(self, part: Part, model: Model = Model.BASE) -> Placed:
        """Where a component runs.

        Raises:
            KeyError: If the model has no such component, or one without weights.
        """
        for placed in self.components:
            if (placed.size.part, placed.size.model) == (part, model):
                return placed
        raise KeyError(part)

    @property
    def shortcuts(self) -> dict[str, str]:
        """What of the UNet's work departs from plain evaluation; this changes results."""
        found = {"reuse_every": str(self.reuse_every)} if self.reuse_every > 1 else {}
        return found | ({"compiled": "yes"} if self.compiled else {})

    def to_json(self) -> dict[str, Any]:
        """The decision as plain values, for other programs."""
        return {
            "components": [_component_json(placed) for placed in self.components],
            "vae_tile": self.vae_tile,
            "vae_slicing": self.vae_slicing,
            "attention_slicing": self.attention_slicing,
            "reuse_every": self.reuse_every,
            "compiled": self.compiled,
            "overlap": self.overlap,
            "peaks": [{"device": p.device, "bytes": p.bytes, "free_bytes": p.free} for p in self.peaks],
            "fits": self.fits,
            "rank": self.rank,
            "untried": self.untried,
            "reason": self.reason,
            "changes": list(self.changes),
        }


def place(
    profile: HardwareProfile, components: Sequence[ComponentSize], request: Request | None = None
) -> Placement:
    """Decide where each component runs. Pure: the same arguments always give the same decision.

    Args:
        profile: The machine.
        components: What `component_sizes` measured; a base model's and a refiner's may be joined.
        request: The picture and the user's wishes; None: one picture of 1024 x 1024, balanced.

    Raises:
        UsageError: If the request names a device that is not there, or wants what no device can do.
    """
    request = request or Request()
    choice, fits = decide(profile, components, request)
    overlap = fits and request.overlap and has_room_for_two(choice, profile, request)
    needed = choice.peaks_of_two(request) if overlap else choice.peaks
    used = [device for device in profile.devices if device.address in needed]
    return Placement(
        components=choice.placed,
        vae_tile=choice.tile,
        vae_slicing=request.batch > 1,
        attention_slicing=choice.sliced_attention,
        reuse_every=reuse_every(choice.placed, request),
        compiled=compiles(choice.placed, request),
        overlap=overlap,
        peaks=tuple(Peak(device.address, needed[device.address], device.free) for device in used),
        fits=fits,
        rank=choice.rank,
        untried=any(not _tried(placed) for placed in choice.placed),
        reason=reason(profile, components, request, choice),
        changes=changes(profile, components, request, choice),
    )


_TRIED_ON_CUDA = frozenset({Mode.FULL, Mode.MODEL_OFFLOAD, Mode.GROUP_OFFLOAD})


def _tried(placed: Placed) -> bool:
    kind = placed.device.kind
    return kind is DeviceKind.CPU or (kind is DeviceKind.CUDA and placed.mode in _TRIED_ON_CUDA)


def _component_json(placed: Placed) -> dict[str, Any]:
    return {
        "model": placed.size.model.value,
        "part": placed.size.part.value,
        "parameters": placed.size.parameters,
        "device": placed.device.address,
        "dtype": placed.dtype.value,
        "weights": placed.weights.value,
        "mode": placed.mode.value,
        "bytes": placed.nbytes,
    }
