"""How nodes that make pictures ask for their size."""

from __future__ import annotations

from typing import Annotated

from nodeflow.node import Measure, Range

_SIDE = Range(64, 8192, step=8, slider=(64, 2048))
Width = Annotated[int, _SIDE, Measure.WIDTH]
Height = Annotated[int, _SIDE, Measure.HEIGHT]
Count = Annotated[int, Range(1, 64, slider=(1, 8)), Measure.COUNT]

AnySide = Annotated[int, Range(1, 16384, slider=(64, 2048))]
AnyWidth = Annotated[AnySide, Measure.WIDTH]
AnyHeight = Annotated[AnySide, Measure.HEIGHT]
Offset = Annotated[int, Range(-16384, 16384, slider=(0, 1024))]
Margin = Annotated[int, Range(0, 8192, slider=(0, 512))]
Factor = Annotated[float, Range(0.05, 16.0, step=0.05, slider=(0.25, 4.0))]
Megapixels = Annotated[float, Range(0.001, 64.0, step=0.05, slider=(0.25, 4.0))]
Share = Annotated[float, Range(0.0, 1.0, step=0.01)]

LatentOffset = Annotated[int, Range(-16384, 16384, step=8, slider=(0, 1024))]
LatentMargin = Annotated[int, Range(0, 8192, step=8, slider=(0, 512))]
LatentWidth = Annotated[int, Range(8, 16384, step=8, slider=(64, 2048)), Measure.WIDTH]
LatentHeight = Annotated[int, Range(8, 16384, step=8, slider=(64, 2048)), Measure.HEIGHT]

SDXL_SIZES = ((1024, 1024), (1152, 896), (1216, 832), (1344, 768), (1536, 640))
"""Widths and heights of SDXL's most used training buckets, landscape (arXiv:2307.01952, appendix I)."""


def size_presets() -> dict[str, dict[str, int]]:
    """The sizes that models were trained with, as presets of `width` and `height`."""
    landscape = {f"SDXL {w}x{h}": {"width": w, "height": h} for w, h in SDXL_SIZES}
    portrait = {f"SDXL {h}x{w}": {"width": h, "height": w} for w, h in SDXL_SIZES[1:]}
    return {"pocket 128x128": {"width": 128, "height": 128}, **landscape, **portrait}
