"""White is masked; black and what is transparent are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nodeflow.errors import MissingFile
from nodeflow.pictures import read_mask


@pytest.mark.parametrize(
    ("mode", "color", "value"),
    [
        ("L", 255, 1),
        ("L", 0, 0),
        ("L", 51, 0.2),
        ("1", 1, 1),
        ("RGB", (255, 255, 255), 1),
        ("RGB", (255, 0, 0), 1 / 3),
        ("RGBA", (255, 255, 255, 0), 0),
        ("RGBA", (255, 255, 255, 51), 0.2),
        ("LA", (255, 255), 1),
    ],
)
def test_how_white_and_how_opaque_it_is_counts(
    mode: str, color: float | tuple[int, ...], value: float, tmp_path: Path
) -> None:
    Image.new(mode, (3, 2), color).save(tmp_path / "a.png")
    found = read_mask(tmp_path / "a.png")
    assert found.shape == (2, 3)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, value, atol=1e-6)


def test_at_its_own_size_nothing_is_changed(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 256, (5, 7), np.uint8)
    Image.fromarray(values).save(tmp_path / "a.png")
    np.testing.assert_allclose(read_mask(tmp_path / "a.png", (5, 7)), values / 255, atol=1e-6)


def test_scaled_it_stays_between_0_and_1(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 2, (16, 16), np.uint8) * 255
    Image.fromarray(values).save(tmp_path / "a.png")
    for size in ((40, 24), (4, 6)):
        found = read_mask(tmp_path / "a.png", size)
        assert found.shape == size
        assert found.min() >= 0
        assert found.max() <= 1
        assert found.mean() == pytest.approx(values.mean() / 255, abs=0.1)


def test_what_is_no_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("no")
    with pytest.raises(MissingFile, match=r"^a\.png is not a picture"):
        read_mask(tmp_path / "a.png")
