"""Which shortcuts a quality takes on which machine."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from nodeflow.hardware import KNOWN_SDXL, HardwareProfile, Quality, Request, place

Machines = Mapping[str, HardwareProfile]


@pytest.mark.parametrize(
    ("machine", "quality", "every"),
    [
        ("CPU 32 GB", Quality.EXACT, 1),
        ("CPU 32 GB", Quality.BALANCED, 2),
        ("CPU 32 GB", Quality.FAST, 3),
        ("CPU 32 GB with bf16", Quality.BALANCED, 1),  # 16 bits are its shortcut
        ("CUDA 24 GB", Quality.EXACT, 1),
        ("CUDA 24 GB", Quality.BALANCED, 1),
        ("CUDA 24 GB", Quality.FAST, 3),
    ],
)
def test_balanced_reuses_only_where_16_bits_do_not_help(
    machine: str, quality: Quality, every: int, machines: Machines
) -> None:
    placement = place(machines[machine], KNOWN_SDXL, Request(quality=quality))
    assert placement.reuse_every == every
    assert placement.shortcuts.get("reuse_every", "1") == str(every)
    assert placement.compiled is (quality is not Quality.EXACT)
