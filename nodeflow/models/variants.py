"""Which of a diffusers folder's files hold its weights: of several variants one, and never a pickle."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

_FILE = re.compile(
    r"(?:diffusion_pytorch_model|pytorch_model|model)"
    r"(?:\.(?P<early>[\w-]+?))?(?:-\d{5}-of-\d{5})?(?:\.(?P<late>\w+))?\.safetensors"
)
FULL = ""
"""The variant without a name: full precision."""
_PREFERRED = (FULL, "fp16", "bf16")


def weight_names(names: Iterable[str], variant: str = FULL) -> list[str]:
    """The files of a component's weights.

    Args:
        names: The files in its folder; paths are kept.
        variant: The variant to choose if it is there; else full precision, half, any other.

    Returns:
        One file, or the shards of it; none if there is no safetensors file.
    """
    by_variant: dict[str, list[str]] = {}
    for name in sorted(names):
        found = _FILE.fullmatch(PurePath(name).name)
        if found is not None:
            by_variant.setdefault(found["early"] or found["late"] or FULL, []).append(name)
    wanted = (variant, *_PREFERRED, *sorted(by_variant))
    files = next((by_variant[known] for known in wanted if known in by_variant), [])
    return [name for name in files if "-of-" not in name] or files
