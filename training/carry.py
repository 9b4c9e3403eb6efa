"""Packs what training made into parts small enough to travel, and puts them back.

`pack FOLDER` writes the averaged weights in half precision, the loss plots and the grids; `unpack FOLDER`
puts them into the work folder, whence `assemble` and `evaluate` go on.
"""

from __future__ import annotations

import argparse
import io
import tarfile
from pathlib import Path
from typing import Any

import torch

from training.config import work_folder

PART = 15 * 2**20  # bytes
KEPT = ("averaged.pt", "scaling.pt", "done", "loss.png", "*.grid.png")


def _halved(path: Path) -> bytes:
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    buffer = io.BytesIO()
    torch.save({key: value.half() for key, value in state.items()}, buffer)
    return buffer.getvalue()


def pack(folder: Path) -> list[Path]:
    """Write the parts and give their paths."""
    work, buffer = work_folder(), io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for pattern in KEPT:
            for file in sorted(work.glob(f"*/{pattern}")):
                data = _halved(file) if file.name == "averaged.pt" else file.read_bytes()
                entry = tarfile.TarInfo(file.relative_to(work).as_posix())
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
    folder.mkdir(parents=True, exist_ok=True)
    whole, written = buffer.getvalue(), []
    for number, start in enumerate(range(0, len(whole), PART)):
        part = folder / f"trained-{number:02}.part"
        part.write_bytes(whole[start : start + PART])
        written.append(part)
    return written


def unpack(folder: Path) -> None:
    """Put packed weights back into the work folder."""
    whole = b"".join(part.read_bytes() for part in sorted(folder.glob("trained-*.part")))
    with tarfile.open(fileobj=io.BytesIO(whole)) as tar:
        tar.extractall(work_folder(), filter="data")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=["pack", "unpack"])
    parser.add_argument("folder", type=Path)
    parsed = parser.parse_args()
    if parsed.action == "pack":
        pack(parsed.folder)
    else:
        unpack(parsed.folder)


if __name__ == "__main__":
    main()
