"""Picture files of every kind, whole and broken."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nodeflow.errors import MissingFile
from nodeflow.pictures import picture_size, read_picture

RED = np.array([1.0, 0.0, 0.0])


def test_colours_and_opacity_are_between_0_and_1(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.new("RGBA", (4, 3), (255, 51, 0, 102)).save(path)
    colours, opacity = read_picture(path)
    assert colours.shape == (3, 4, 3)
    assert opacity.shape == (3, 4)
    assert colours.dtype == opacity.dtype == np.float32
    assert colours[0, 0].tolist() == pytest.approx([1.0, 0.2, 0.0])
    assert opacity[0, 0] == pytest.approx(0.4)


WHITE: dict[str, str | float | tuple[int, ...]] = {
    "1": 1,
    "L": 255,
    "LA": (255, 255),
    "P": "white",
    "RGB": (255, 255, 255),
    "CMYK": (0, 0, 0, 0),
    "YCbCr": (255, 128, 128),
    "I;16": 65535,
    "I": 65535,
    "F": 1.0,
}


@pytest.mark.parametrize("mode", WHITE)
def test_white_is_white_in_every_mode(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "white.tif"
    Image.new(mode, (2, 2), WHITE[mode]).save(path)
    colours, opacity = read_picture(path)
    assert colours.min() > 0.99
    assert opacity.min() == 1


def test_sixteen_bits_are_scaled_not_clipped(tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    Image.fromarray(np.full((2, 2), 32768, np.uint16)).save(path)
    assert read_picture(path)[0].mean() == pytest.approx(0.5, abs=0.005)


def test_a_turned_photograph_is_set_upright(tmp_path: Path) -> None:
    picture = Image.new("RGB", (4, 2), "blue")
    picture.putpixel((0, 0), (255, 0, 0))
    exif = picture.getexif()
    exif[0x0112] = 6  # turn it a quarter to the right
    path = tmp_path / "photo.png"
    picture.save(path, exif=exif)
    colours, _ = read_picture(path)
    assert colours.shape == (4, 2, 3)
    assert colours[0, 1] == pytest.approx(RED)


@pytest.mark.parametrize("behind", [False, True])
def test_the_size_of_a_turned_photograph_is_known_without_its_pixels(tmp_path: Path, *, behind: bool) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    words = chunk(b"eXIf", exif.tobytes()[6:])
    whole = png(6000, 4000, b"no pixels")
    cut = whole.index(b"IEND") - 4 if behind else whole.index(b"IDAT") - 4
    (tmp_path / "photo.png").write_bytes(whole[:cut] + words + whole[cut:])
    assert picture_size(tmp_path / "photo.png") == (4000, 6000)


def test_of_an_animation_the_first_frame_counts(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    frames = [Image.new("RGB", (2, 2), colour) for colour in ("red", "blue")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert read_picture(path)[0][0, 0] == pytest.approx(RED)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG header that promises a size, with whatever data."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def truncated(path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:5000])


FAULTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "bad.png is empty"),
    "text": (lambda path: path.write_text("apple"), "bad.png is not a picture. Use PNG, JPEG or WebP"),
    "truncated": (truncated, "bad.png is damaged"),
    "no data": (lambda path: path.write_bytes(png(8, 8)), "bad.png is damaged"),
    "bomb": (lambda path: path.write_bytes(png(50_000, 50_000)), "more than 64 megapixels"),
    "small bomb": (lambda path: path.write_bytes(png(9_000, 9_000)), "more than 64 megapixels"),
    "zero width": (lambda path: path.write_bytes(png(0, 8)), "bad.png is"),
    "folder": (lambda path: path.mkdir(), "bad.png cannot be read: Is a directory"),
    "missing": (lambda path: None, "bad.png cannot be read: No such file or directory"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_no_picture_is_refused_in_one_sentence(fault: str, tmp_path: Path) -> None:
    make, message = FAULTS[fault]
    path = tmp_path / "bad.png"
    make(path)
    with pytest.raises(MissingFile) as raised:
        read_picture(path)
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)
    assert str(tmp_path) not in str(raised.value)
