"""Gives every component its device, precision and mode, for one way of arranging them on given devices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nodeflow.hardware.ladder import Rung
from nodeflow.hardware.profile import Device, DeviceKind, Dtype
from nodeflow.hardware.request import Mode, Quality, Request
from nodeflow.hardware.sizes import ComponentSize, Model, Part


@dataclass(frozen=True)
class Placed:
    """Where and how a component runs.

    Attributes:
        size: The component.
        device: Where it computes.
        dtype: What it computes in.
        weights: What its weights are kept in; narrower than `dtype` when they are widened layer by layer.
        mode: Where its weights are.
    """

    size: ComponentSize
    device: Device
    dtype: Dtype
    weights: Dtype
    mode: Mode

    @property
    def nbytes(self) -> int:
        """Size of its weights in memory."""
        return self.size.bytes_as(self.weights)


@dataclass(frozen=True)
class Homes:
    """The devices that an arrangement uses.

    Attributes:
        first: For the base model, or for the UNet.
        second: For the refiner, or, without one, for everything but the UNet. May be the first again.
        cpu: For what is kept off both.
    """

    first: Device
    second: Device
    cpu: Device


def assign(
    rung: Rung, homes: Homes, components: Iterable[ComponentSize], request: Request
) -> tuple[Placed, ...]:
    """Place every component that has weights; tokenizers have none and run on the CPU."""
    sizes = [size for size in components if size.part.has_weights]
    refined = any(size.model is Model.REFINER for size in sizes)
    if refined and all(size.model is Model.REFINER for size in sizes):
        refined = False  # a refiner alone is a model like any other
    return tuple(_placed(rung, _home(size, rung, homes, request, refined), size, request) for size in sizes)


def _home(size: ComponentSize, rung: Rung, homes: Homes, request: Request, refined: bool) -> Device:
    if rung.encoders_on_cpu and size.part.reads_text:
        return homes.cpu
    if size.part is Part.VAE and rung.relief and request.quality is Quality.EXACT:
        return homes.cpu  # tiles would change the picture
    second = size.model is Model.REFINER if refined else size.part is not Part.UNET
    return homes.second if second else homes.first


def _placed(rung: Rung, home: Device, size: ComponentSize, request: Request) -> Placed:
    mode = {Part.UNET: rung.unet, Part.VAE: rung.vae}.get(size.part, rung.encoders)
    if home.kind is DeviceKind.CPU and mode in (Mode.MODEL_OFFLOAD, Mode.GROUP_OFFLOAD, Mode.SEQUENTIAL):
        mode = Mode.FULL  # it waits in RAM and works there too
    dtype = vae_dtype(home, size, request) if size.part is Part.VAE else compute_dtype(home, request)
    narrow = size.part is Part.UNET and (rung.eight_bit or request.eight_bit)
    return Placed(size, home, dtype, Dtype.FP8 if narrow else dtype, mode)


def compute_dtype(device: Device, request: Request) -> Dtype:
    """What UNet and text encoders compute in on a device: what the user wants, if it is safe there."""
    if request.dtype is not None and request.dtype in device.safe:
        return request.dtype
    if request.quality is Quality.EXACT:
        return Dtype.FP32
    if device.fast:
        return device.fast[0]
    return Dtype.FP16 if Dtype.FP16 in device.safe else Dtype.FP32  # half the memory at the same speed


def vae_dtype(device: Device, vae: ComponentSize, request: Request) -> Dtype:
    """What the VAE computes in: float32, unless speed counts more and nothing can overflow.

    bfloat16 has float32's range, but its rounding shows: errors of 0.04 of the brightness were measured.
    """
    if request.quality is not Quality.FAST:
        return Dtype.FP32
    if Dtype.BF16 in device.fast:
        return Dtype.BF16
    return Dtype.FP16 if Dtype.FP16 in device.fast and vae.fp16_safe else Dtype.FP32
