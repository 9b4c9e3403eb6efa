"""Says in plain words why a machine's parts are arranged as they are, and what would change that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nodeflow.hardware.decide import USABLE, Choice, choices, decide
from nodeflow.hardware.profile import Device, DeviceKind, Dtype, HardwareProfile
from nodeflow.hardware.request import Mode, Quality, Request
from nodeflow.hardware.sizes import ComponentSize, Part

_GB = 10**9
_HOW = {
    Mode.FULL: "all parts stay loaded",
    Mode.MODEL_OFFLOAD: "each part moves from RAM to {device} for its turn",
    Mode.RELOAD: "each part is read from disk for its turn and let go afterwards",
    Mode.GROUP_OFFLOAD: "the UNet's layers come from RAM to {device} one by one while it computes",
    Mode.SEQUENTIAL: "the UNet's layers come from RAM to {device} one by one",
    Mode.DISK: "layers are read from disk one by one, at every step: very slow",
}


def gigabytes(size: float) -> str:
    """A size as file managers tell it, in billions of bytes: `11.4 GB`."""
    return f"{size / _GB:.1f} GB"


def reason(
    profile: HardwareProfile, components: Sequence[ComponentSize], request: Request, choice: Choice
) -> str:
    """Why this choice, in a few sentences."""
    return " ".join(_sentences(profile, components, request, choice))


def _sentences(
    profile: HardwareProfile, components: Sequence[ComponentSize], request: Request, choice: Choice
) -> Iterator[str]:
    device = choice.homes.first
    how = _HOW[choice.rung.unet].format(device=device.address)
    lacks = choice.shortfalls(profile)
    if lacks:
        missing = " and ".join(f"{gigabytes(size)} on {address}" for address, size in lacks.items())
        yield f"This does not fit: {missing} are missing even if {how}."
    elif choice.homes.first != choice.homes.second:
        yield f"Two devices share the work, so {how}: {_share(choice)}."
    elif choice.rung.unet is Mode.FULL:
        yield f"There is room enough on {device.address}, so {how}."
    else:
        fastest = next(choices(profile, components, replace(request, mode=None, device=device.address)))
        needed = fastest.peaks[device.address]
        limits = f"would take {gigabytes(needed)}; {gigabytes(device.free * USABLE)} can be used"
        yield f"Keeping all parts on {device.address} {limits}. So {how}."
    yield from _details(request, choice)


def _share(choice: Choice) -> str:
    models = {placed.size.model for placed in choice.placed}
    first, second = ("base", "refiner") if len(models) == 2 else ("UNet", "rest")
    return f"the {first} runs on {choice.homes.first.address}, the {second} on {choice.homes.second.address}"


def _details(request: Request, choice: Choice) -> Iterator[str]:
    """What else an artist might wonder about."""
    unet = next((placed for placed in choice.placed if placed.size.part is Part.UNET), None)
    vae = next((placed for placed in choice.placed if placed.size.part is Part.VAE), None)
    if choice.rung.encoders_on_cpu:
        yield "Text is encoded on the CPU, once for each prompt."
    if unet and unet.weights is Dtype.FP8:
        yield "The UNet's weights are kept in 8 bits, which a keen eye may see."
    if choice.tile:
        yield f"The picture is decoded in tiles of {choice.tile} pixels."
    if choice.sliced_attention:
        yield "Attention is computed head by head, as it would fill the memory."
    if unet and vae and unet.device.kind is not DeviceKind.CPU and vae.device.kind is DeviceKind.CPU:
        yield "The picture is decoded on the CPU, because tiles would change it."
    elif unet and vae and unet.dtype is not Dtype.FP32 and vae.dtype is Dtype.FP32:
        overflow = unet.dtype is Dtype.FP16 and not vae.size.fp16_safe
        yield "The VAE stays in fp32" + (": in fp16 it would overflow." if overflow else ".")
    if unet and unet.device.kind is DeviceKind.CPU:
        yield _cpu_precision(unet.device, unet.dtype, request)


def _cpu_precision(cpu: Device, dtype: Dtype, request: Request) -> str:
    if dtype is Dtype.BF16:
        return "This CPU has instructions for bf16."
    if Dtype.BF16 in cpu.fast:
        return "It computes in fp32, as was asked for."
    exact = "the exact way; " if request.quality is Quality.EXACT else ""
    return f"It computes in fp32: {exact}this CPU has nothing faster."


def changes(
    profile: HardwareProfile, components: Sequence[ComponentSize], request: Request, choice: Choice
) -> tuple[str, ...]:
    """What would lead to a faster arrangement, or to one that fits; tried out, not guessed."""
    found = []
    if more := _more_memory(profile, components, request, choice):
        found.append(more)
    for trials in (_smaller(request), _lesser(request)):
        for name, trial in trials:
            other, fits = decide(profile, components, trial)
            if fits and (other.rank < choice.rank or choice.shortfalls(profile)):
                found.append(f"With {name}, {_outcome(other, choice)}.")
                break
    if not profile.accelerators:
        found.append("With a graphics card of 8 GB or more, pictures would come many times faster.")
    return tuple(found)


def _outcome(choice: Choice, instead: Choice) -> str:
    whole = " and the picture is decoded whole" if instead.tile and not choice.tile else ""
    narrow = " with the UNet in 8 bits" if choice.rung.eight_bit else ""
    return _HOW[choice.rung.unet].format(device=choice.homes.first.address) + narrow + whole


def _more_memory(
    profile: HardwareProfile, components: Sequence[ComponentSize], request: Request, choice: Choice
) -> str | None:
    """The nearest better arrangement on the same devices, and what it lacks."""
    stuck = bool(choice.shortfalls(profile))
    better = [
        (sum(lacks.values()), other, lacks)
        for other in choices(profile, components, request)
        if (other.rank < choice.rank or stuck) and other.homes == choice.homes
        for lacks in [other.shortfalls(profile)]
    ]
    if not better:
        return None
    _, other, lacks = min(better, key=lambda found: found[0])
    missing = " and ".join(
        f"{gigabytes(size / USABLE)} more free memory on {name}" for name, size in lacks.items()
    )
    return f"With {missing}, {_outcome(other, choice)}."


def _smaller(request: Request) -> Iterator[tuple[str, Request]]:
    """Less to make at once, the largest first."""
    if request.batch > 1:
        yield "one picture at a time", replace(request, batch=1)
    for share in (0.75, 0.5):
        width, height = (max(int(side * share) // 64 * 64, 64) for side in (request.width, request.height))
        yield f"pictures of {width} x {height}", replace(request, width=width, height=height)


def _lesser(request: Request) -> Iterator[tuple[str, Request]]:
    """Fewer demands, the most faithful first."""
    if request.mode or request.device or request.dtype:
        yield "the choice left to nodeflow", replace(request, mode=None, device=None, dtype=None)
    if request.quality is Quality.EXACT:
        yield "quality 'balanced'", replace(request, quality=Quality.BALANCED)
    if request.quality is not Quality.FAST:
        yield "quality 'fast'", replace(request, quality=Quality.FAST)
