"""Reading picture files that may be anything: any mode, any depth, truncated, or made to hurt."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from nodeflow.document.png_text import png_exif
from nodeflow.errors import MissingFile, one_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image as PILImage

    from nodeflow.values.arrays import FloatArray

MAX_PIXELS = 64_000_000
"""An 8000 x 8000 picture; more does not fit through any VAE and is likely made to fill the memory."""


def read_picture(path: Path) -> tuple[FloatArray, FloatArray]:
    """Read a picture's first frame, turned upright.

    Returns:
        Colours, shape (height, width, 3), and opacity, shape (height, width), both 0…1.

    Raises:
        MissingFile: If it cannot be read as a picture; one sentence saying why.
    """
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what matters is checked here
            with Image.open(path) as opened:
                _check_size(opened, path)
                picture = _upright(opened)
                rgba = _eight_bit(picture).convert("RGBA")
    except MissingFile:
        raise
    except UnidentifiedImageError:
        what = "not a picture" if path.stat().st_size else "empty"
        raise MissingFile(f"{path.name} is {what}", advice="Use PNG, JPEG or WebP") from None
    except Image.DecompressionBombError:
        raise _too_large(path) from None
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise MissingFile(f"{path.name} cannot be read: {error.strerror}") from None
    except Exception as error:  # noqa: BLE001 - decoders fail in many ways on damaged files
        raise MissingFile(f"{path.name} is damaged: {one_line(error, 120)}", advice="Save it anew") from None
    values = np.asarray(rgba)
    return _share(values[..., :3]), _share(values[..., 3])


def _share(values: NDArray[np.uint8]) -> FloatArray:
    """Bytes as 0…1, without a second copy: large photographs take a gigabyte each."""
    import numpy as np

    result = values.astype(np.float32)
    result /= np.float32(255)
    return result


def picture_size(path: Path) -> tuple[int, int]:
    """Width and height of a picture in pixels, upright, from its header alone.

    Raises:
        ValueError: If it cannot be read; `read_picture` says why.
    """
    from PIL import ExifTags, Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path) as opened, path.open("rb") as file:
                if opened.format == "PNG" and "exif" not in opened.info:
                    opened.info["exif"] = png_exif(file)  # Pillow would decode all pixels to look behind them
                turned = opened.getexif().get(ExifTags.Base.Orientation, 1) > 4
                return (opened.height, opened.width) if turned else opened.size
    except Exception as error:
        raise ValueError(f"{path.name} is no readable picture") from error


def _too_large(path: Path) -> MissingFile:
    return MissingFile(
        f"{path.name} has more than {MAX_PIXELS // 10**6} megapixels", advice="Make it smaller"
    )


def _check_size(picture: PILImage.Image, path: Path) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_large(path)


def _upright(picture: PILImage.Image) -> PILImage.Image:
    from PIL import ImageOps

    picture.load()
    return ImageOps.exif_transpose(picture)


def _eight_bit(picture: PILImage.Image) -> PILImage.Image:
    """Scale 16-bit and float greys to 8 bits: converting would clip them."""
    import numpy as np
    from PIL import Image

    if picture.mode.startswith("I") or picture.mode == "F":
        values = np.asarray(picture, dtype=np.float64)
        top = 1.0 if picture.mode == "F" and values.max() <= 1 else 65535.0
        return Image.fromarray(np.clip(values / top * 255, 0, 255).round().astype(np.uint8))
    return picture
