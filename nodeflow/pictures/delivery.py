"""Delivering pictures: every one under a name of its own, with its workflow inside, whole or not at all."""

from __future__ import annotations

import errno
import re
import tempfile
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nodeflow.document.embedded import PICTURE_SUFFIX, WORKFLOW_KEY
from nodeflow.errors import MissingFile, UsageError
from nodeflow.files.atomic import write_new, write_replacing
from nodeflow.pictures.naming import render

if TYPE_CHECKING:
    from nodeflow.values import Image
    from nodeflow.values.arrays import FloatArray

_OTHER_SUFFIXES = (".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".tif", ".tiff", ".webp")


class Delivery:
    """Where the pictures of one run go.

    Args:
        output: A folder, or a file name ending in `.png` for the first picture (an older file is replaced;
            further pictures get `_2`, `_3` … added).
        title: The workflow's name, for file names.
        workflow: The workflow as it ran, as JSON text.
    """

    def __init__(self, output: Path, title: str = "workflow", workflow: str = "") -> None:
        self.target = output if output.suffix.lower() == PICTURE_SUFFIX else None
        self.folder = output.parent if self.target else output
        self._title = title
        self._workflow = workflow
        self._count = 0
        self._lock = threading.Lock()

    def save(
        self, image: Image, template: str, node: str, saved: Callable[[Path], object] | None = None
    ) -> list[Path]:
        """Write every picture of a batch.

        Args:
            image: The pictures.
            template: Names them, see `naming`.
            node: The node that saves.
            saved: Called with each file as soon as it is whole; what it raises ends the saving.

        Raises:
            ValueError: If the template is no good.
            MissingFile: If a file cannot be written.
        """
        paths = []
        for index, pixels in enumerate(image.pixels):
            seed = image.seeds[index] if index < len(image.seeds) else None
            data = self._encode(pixels)
            with self._lock:
                self._count += 1
                paths.append(self._write(data, template, node, index, seed))
            if saved is not None:
                saved(paths[-1])
        return paths

    def place(self, template: str, node: str) -> Path:
        """Where something else than a picture goes that a node writes itself, without suffix.

        Args:
            template: Names it, see `naming`; of its fields, those of pictures are empty.
            node: The node that writes it.

        Raises:
            ValueError: If the template is no good.
        """
        return self.folder / render(template, {**self._values(node), "seed": "", "index": 0, "counter": 1})

    def _encode(self, pixels: FloatArray) -> bytes:
        """Encode one picture as 8-bit PNG, rounded as diffusers does."""
        from io import BytesIO

        import numpy as np
        from PIL import Image as PILImage
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        if self._workflow:
            info.add_text(WORKFLOW_KEY, self._workflow)
        buffer = BytesIO()
        picture = PILImage.fromarray((np.clip(pixels, 0, 1) * 255).round().astype(np.uint8))
        picture.save(buffer, "PNG", pnginfo=info)
        return buffer.getvalue()

    def _write(self, data: bytes, template: str, node: str, index: int, seed: int | None) -> Path:
        try:
            if self.target is not None:
                return self._write_target(data, self.target)
            return self._write_new(data, template, node, index, seed)
        except OSError as error:
            raise self._unwritable(error) from None

    def prepare(self) -> None:
        """Make the folder, so that one that cannot be written is told before anything is computed.

        Raises:
            MissingFile: If it cannot be made or written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> MissingFile:
        other = "choose another place with --out"
        advice = f"Free some space or {other}" if error.errno == errno.ENOSPC else other.capitalize()
        return MissingFile(f"pictures cannot be written to {self.folder}: {error.strerror}", advice=advice)

    def _write_target(self, data: bytes, target: Path) -> Path:
        path = target if self._count == 1 else target.with_stem(f"{target.stem}_{self._count}")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_replacing(path, data)
        return path

    def _write_new(self, data: bytes, template: str, node: str, index: int, seed: int | None) -> Path:
        values = {**self._values(node), "seed": "" if seed is None else seed, "index": index}
        counter = self._next_counter(template, values)
        while True:
            path = self.folder / (render(template, {**values, "counter": counter}) + PICTURE_SUFFIX)
            if "{counter" not in template and counter > 1:
                path = path.with_stem(f"{path.stem}_{counter}")
            path.parent.mkdir(parents=True, exist_ok=True)
            if write_new(path, data):
                return path
            counter += 1

    def _values(self, node: str) -> dict[str, str | int]:
        now = datetime.now().astimezone()
        day, time = f"{now:%Y-%m-%d}", f"{now:%H-%M-%S}"
        return {"date": day, "time": time, "workflow": self._title, "node": node}

    def _next_counter(self, template: str, values: dict[str, str | int]) -> int:
        """One more than the highest number in use; looking once is faster than trying all names."""
        head, field, _ = template.partition("{counter")
        example = self.folder / (render(template, {**values, "counter": 1}) + PICTURE_SUFFIX)
        if not field and not example.exists():
            return 1
        prefix = f"{example.stem}_"
        if field:
            prefix = render(f"{head.rpartition('/')[2]}#", {**values, "counter": 1})[:-1]
        pattern = re.compile(re.escape(prefix) + r"0*(\d{1,15})(?!\d)")
        names = (path.name for path in example.parent.iterdir()) if example.parent.is_dir() else ()
        used = (int(found[1]) for name in names if (found := pattern.match(name)))
        return max(used, default=0 if field else 1) + 1


def check_output(output: Path) -> None:
    """Refuse a place for pictures that can only be a mistake.

    Args:
        output: A folder, or a file name ending in `.png`.

    Raises:
        UsageError: Saying what to give instead.
    """
    suffix = output.suffix.lower()
    if suffix in _OTHER_SUFFIXES:
        raise UsageError(
            f"pictures are saved as PNG, not {suffix}", advice=f"Use {output.with_suffix(PICTURE_SUFFIX)}"
        )
    if suffix == PICTURE_SUFFIX and output.is_dir():
        raise UsageError(f"{output} is a folder", advice="Choose another name for the picture")
    if suffix != PICTURE_SUFFIX and output.is_file():
        raise UsageError(f"{output} is a file", advice="Give a folder, or a file name ending in .png")
