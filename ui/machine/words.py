"""A doctor's report in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from nodeflow.hardware.decide import USABLE
from nodeflow.hardware.profile import DeviceKind, Dtype
from nodeflow.hardware.request import Mode
from nodeflow.hardware.sizes import Part
from ui.translations.marking import marked

_GB = 10**9
"""The unit of all sizes here, so that they can be compared; memory is sold in units that are 7 % larger."""
_KINDS = {
    DeviceKind.CUDA: marked("Your NVIDIA card ({0}) has {1} of memory; {2} of it are free now."),
    DeviceKind.ROCM: marked("Your AMD card ({0}) has {1} of memory; {2} of it are free now."),
    DeviceKind.XPU: marked("Your Intel graphics ({0}) has {1} of memory; {2} of it are free now."),
    DeviceKind.METAL: marked("Your Mac's graphics ({0}) can use {1} of its memory; {2} of it are free now."),
}
_HOW = {
    Mode.FULL: marked("all parts of the model stay loaded."),
    Mode.MODEL_OFFLOAD: marked(
        "the parts of the model wait in the computer's memory and move to the card one after the other."
    ),
    Mode.RELOAD: marked("each part of the model is read from disk for its turn and let go afterwards."),
    Mode.GROUP_OFFLOAD: marked(
        "the largest part of the model comes to the card layer by layer, the next while one computes."
    ),
    Mode.SEQUENTIAL: marked("the largest part of the model comes to the card layer by layer, which is slow."),
    Mode.DISK: marked("the layers of the model are read from disk at every step, which is very slow."),
}

Told = Mapping[str, Any]
"""What `nodeflow doctor --json` prints."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Machine", text)


def gigabytes(nbytes: float) -> str:
    """An amount of memory: `4 GB`, `11.4 GB`."""
    return f"{nbytes / _GB:.1f} GB".replace(".0 GB", " GB")


def machine_words(told: Told) -> list[str]:
    """What the computer has."""
    profile = told["profile"]
    devices = [(DeviceKind(device["kind"]), device) for device in profile["devices"]]
    found = [
        _tr(_KINDS[kind]).format(device["name"], gigabytes(device["total"]), gigabytes(device["free"]))
        for kind, device in devices
        if kind in _KINDS
    ]
    cpu = next(device for kind, device in devices if kind is DeviceKind.CPU)
    if not found:
        found.append(
            _tr("No graphics card was found that can compute pictures: the processor does it, slowly.")
        )
    processor = _tr("The processor ({0}) has {1} cores; {2} of {3} of the computer's memory are free now.")
    found.append(
        processor.format(cpu["name"], profile["cores"], gigabytes(cpu["free"]), gigabytes(cpu["total"]))
    )
    return found


def placement_words(told: Told) -> list[str]:
    """How a picture of SDXL is made on it."""
    return list(_placement(told["request"], told["placement"]))


def _placement(request: Told, placement: Told) -> Iterator[str]:
    size = f"{request['width']} \N{MULTIPLICATION SIGN} {request['height']}"
    unet = next(part for part in placement["components"] if part["part"] == Part.UNET)
    peak = next(
        (peak for peak in placement["peaks"] if peak["device"] == unet["device"]), placement["peaks"][0]
    )
    needed, free = gigabytes(peak["bytes"]), gigabytes(peak["free_bytes"])
    if not placement["fits"]:
        lacking = gigabytes(max(peak["bytes"] - peak["free_bytes"] * USABLE, 0))
        text = _tr("An SDXL picture of {0} does not fit: it takes {1}, and {2} more would have to be free.")
        yield text.format(size, needed, lacking)
    else:
        text = _tr("An SDXL picture of {0} takes {1} of the {2} that are free: {3}")
        yield text.format(size, needed, free, _tr(_HOW[Mode(unet["mode"])]))
    if unet["weights"] == Dtype.FP8:
        yield _tr("The largest part is kept in 8 bits to save memory; a keen eye may see it.")
    elif unet["dtype"] == Dtype.FP32:
        yield _tr("It is computed in 32 bits, as exactly as can be.")
    else:
        yield _tr("It is computed in 16 bits, which is faster and hardly seen.")
    if placement["vae_tile"]:
        yield _tr("The finished picture is decoded in tiles, to save memory.")
    if placement["untried"]:
        yield _tr("Nobody has tried this arrangement yet: the figures are predictions.")
    yield _tr("The small model that comes with nodeflow runs on any computer.")
