"""The ways to arrange a model's parts, fastest first, and which of them a device and a request allow."""

from __future__ import annotations

from dataclasses import dataclass

from nodeflow.hardware.profile import Device, DeviceKind
from nodeflow.hardware.request import Mode, Quality, Request

_USES_RAM = {Mode.MODEL_OFFLOAD, Mode.GROUP_OFFLOAD, Mode.SEQUENTIAL}


@dataclass(frozen=True)
class Rung:
    """A way to arrange the parts.

    Attributes:
        unet: Mode of the UNets.
        encoders: Mode of the text encoders.
        vae: Mode of the VAE.
        relief: Whether the VAE is kept from filling the device: it decodes in tiles, or, where that would not
            be exact, on the CPU.
        encoders_on_cpu: Whether text is encoded on the CPU.
        eight_bit: Whether the UNet's weights are kept in 8 bits.
    """

    unet: Mode
    encoders: Mode
    vae: Mode
    relief: bool = False
    encoders_on_cpu: bool = False
    eight_bit: bool = False


def _alike(mode: Mode, *, relief: bool = False, eight_bit: bool = False) -> Rung:
    return Rung(mode, mode, mode, relief, eight_bit=eight_bit)


LADDER = (
    _alike(Mode.FULL),
    _alike(Mode.FULL, relief=True),
    _alike(Mode.FULL, relief=True, eight_bit=True),
    _alike(Mode.MODEL_OFFLOAD),
    _alike(Mode.MODEL_OFFLOAD, relief=True),
    _alike(Mode.MODEL_OFFLOAD, relief=True, eight_bit=True),
    _alike(Mode.RELOAD),
    _alike(Mode.RELOAD, relief=True),
    _alike(Mode.RELOAD, relief=True, eight_bit=True),
    Rung(Mode.GROUP_OFFLOAD, Mode.FULL, Mode.MODEL_OFFLOAD, relief=True, encoders_on_cpu=True),
    Rung(Mode.GROUP_OFFLOAD, Mode.GROUP_OFFLOAD, Mode.MODEL_OFFLOAD, relief=True),
    Rung(Mode.SEQUENTIAL, Mode.SEQUENTIAL, Mode.MODEL_OFFLOAD, relief=True),
    Rung(Mode.DISK, Mode.DISK, Mode.RELOAD, relief=True),
)
"""Fastest first: ordered by how often weights travel and from where. Times on accelerators are untried."""


def allowed(rung: Rung, device: Device, request: Request) -> bool:
    """Whether a device can work in this way and the request permits it. Memory does not enter here."""
    if request.mode not in (None, rung.unet) or request.dtype not in (None, *device.safe):
        return False
    if device.unified and _USES_RAM & {rung.unet, rung.encoders, rung.vae}:
        return False  # waiting in RAM would free nothing
    if rung.unet is Mode.GROUP_OFFLOAD and not device.kind.has_streams:
        return False
    if request.quality is Quality.EXACT and rung.relief and rung.unet is Mode.FULL:
        return False  # decoding on the CPU takes longer than moving the UNet out of the way
    return _eight_bit_allowed(rung, device, request)


def _eight_bit_allowed(rung: Rung, device: Device, request: Request) -> bool:
    if request.eight_bit:
        return device.kind.has_fp8 and not rung.eight_bit  # the other rungs have 8 bits then
    if not rung.eight_bit:
        return True
    # A picture takes minutes on a CPU, reading the weights again only seconds.
    worthwhile = device.kind is not DeviceKind.CPU or rung.unet is not Mode.FULL
    return device.kind.has_fp8 and request.quality is Quality.FAST and worthwhile


def classes(devices: tuple[Device, ...]) -> tuple[tuple[Device, ...], ...]:
    """Devices by how fast they are for pictures: cards, then graphics within the processor, then the CPU.

    Within a class the one with most free memory comes first.
    """
    cpu = tuple(device for device in devices if device.kind is DeviceKind.CPU)
    others = [device for device in devices if device.kind is not DeviceKind.CPU]
    others.sort(key=lambda device: -device.free)
    cards = tuple(device for device in others if not device.unified)
    shared = tuple(device for device in others if device.unified)
    return cards, shared, cpu
