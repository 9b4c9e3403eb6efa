"""Measure how much memory SDXL's parts really take on the CPU, beside what `nodeflow.hardware` predicts.

Every measurement runs in a fresh process, on a model of the real topology with random weights in float32, and
reads the peak of its resident memory from Linux. The UNet needs 11 GB.

    .venv/bin/python benchmarks/memory.py                          # everything; about 20 minutes on 2 cores
    .venv/bin/python benchmarks/memory.py vae_decode 1024 1024 1   # one line
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nodeflow
from nodeflow.hardware import KNOWN_SDXL, TILE, Dtype, Part, Request, Work, activation_bytes
from nodeflow.hardware.peaks import PROCESS_BYTES

CONFIGS = Path(nodeflow.__file__).parent / "bundled" / "configs" / "sdxl-base"
Case = tuple[str, int, int, int]
"""What runs, the width and height of the picture in pixels, and how many at once."""

CASES: tuple[Case, ...] = (
    ("text_encoder_2", 1024, 1024, 1),
    ("vae_decode", 512, 512, 1),
    ("vae_decode", 768, 768, 1),
    ("vae_decode", 1024, 1024, 1),
    ("vae_decode_tiled", 768, 768, 1),
    ("unet", 512, 512, 1),
    ("unet", 512, 512, 2),
    ("unet", 1024, 1024, 1),
    ("unet", 1024, 1024, 2),
)


def memory(field: str) -> int:
    """A figure of `/proc/self/status`, in bytes."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise SystemExit(f"this system does not tell {field}; run this on Linux")


def build(cls: Any, folder: str) -> Any:
    """A model of the real shape. Weights are written once, so that they count as resident."""
    import torch

    config = json.loads((CONFIGS / folder / "config.json").read_text("utf-8"))
    with torch.device("meta"):
        made = cls.from_config(config) if hasattr(cls, "from_config") else cls(cls.config_class(**config))
    model = made.float().to_empty(device="cpu").eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(0, 0.02)
        for name, buffer in model.named_buffers():
            buffer.copy_(
                torch.arange(buffer.numel()).view_as(buffer)
            ) if "position" in name else buffer.zero_()
    return model


def prepare(what: str, width: int, height: int, batch: int) -> Callable[[], Any]:
    """Build the part; what is returned runs it once."""
    import diffusers
    import torch
    import transformers

    latents = torch.randn(batch, 4, height // 8, width // 8)
    if what == "unet":
        unet = build(diffusers.UNet2DConditionModel, "unet")
        added = {"text_embeds": torch.randn(batch, 1280), "time_ids": torch.randn(batch, 6)}
        hidden = torch.randn(batch, 77, 2048)
        return lambda: unet(latents, torch.tensor(500.0), hidden, added_cond_kwargs=added)
    if what == "text_encoder_2":
        encoder = build(transformers.CLIPTextModelWithProjection, what)
        return lambda: encoder(torch.zeros(batch, 77, dtype=torch.long), output_hidden_states=True)
    vae = build(diffusers.AutoencoderKL, "vae")
    if what == "vae_decode_tiled":
        vae.enable_tiling()
        vae.tile_sample_min_size, vae.tile_latent_min_size = TILE, TILE // 8
    return lambda: vae.decode(latents)


def measure(what: str, width: int, height: int, batch: int) -> None:
    """Run one case in this process and print its figures as JSON."""
    import torch

    run = prepare(what, width, height, batch)
    gc.collect()
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # forget the peak so far; man 5 proc
    with torch.inference_mode():
        run()
    print(json.dumps({"weights": before, "activations": memory("VmHWM") - before}))


def predicted(what: str, width: int, height: int, batch: int) -> tuple[int, int]:
    """What the placement counts for the same case: weights and activations, in bytes."""
    part = Part(what) if what in tuple(Part) else Part.VAE
    work = {Part.UNET: Work.DENOISE, Part.VAE: Work.DECODE}.get(part, Work.ENCODE_TEXT)
    tile = TILE if what == "vae_decode_tiled" else None
    weights = next(size.bytes_as(Dtype.FP32) for size in KNOWN_SDXL if size.part is part)
    # The cases count evaluations; a request counts pictures, each of which guidance evaluates twice.
    request = Request(width, height, batch, guided=False)
    return PROCESS_BYTES + weights, activation_bytes(work, request, Dtype.FP32, tile=tile)


def compare(case: Case) -> None:
    """Measure a case in a process of its own and print it beside the prediction."""
    what, width, height, batch = case
    command = [sys.executable, __file__, "--measure", *map(str, case)]
    seen = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    weights, activations = predicted(*case)
    total, foreseen = seen["weights"] + seen["activations"], weights + activations
    print(
        f"{what:17} {width}x{height} x {batch}: "
        f"{seen['activations'] / 1e6:6.0f} / {activations / 1e6:6.0f} "
        f"({activations / seen['activations'] - 1:+.0%}), "
        f"{total / 1e6:6.0f} / {foreseen / 1e6:6.0f} ({foreseen / total - 1:+.0%})",
        flush=True,
    )


def case_of(arguments: list[str]) -> Case:
    """The case that the command line names."""
    what, width, height, batch = arguments
    return what, int(width), int(height), int(batch)


def main() -> None:
    """Print one line a case; with arguments, that case alone."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--measure"]:
        measure(*case_of(arguments[1:]))
        return
    print("part, picture, evaluations: activations measured / predicted, total measured / predicted, in MB")
    for case in [case_of(arguments)] if arguments else CASES:
        compare(case)


if __name__ == "__main__":
    main()
