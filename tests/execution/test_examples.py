"""What the examples promise, on the bundled model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodeflow import load_workflow, run
from nodeflow.folders import templates_folder
from nodeflow.pictures import read_mask, read_picture


def results(name: str, folder: Path, *targets: str) -> Any:
    return run(load_workflow(name), targets=targets, output=folder)


def test_inpainting_changes_only_what_is_masked(tmp_path: Path) -> None:
    painted = results("inpaint", tmp_path, "paste")["paste.image"].pixels[0]
    original, _ = read_picture(templates_folder() / "mushroom.png")
    masked = read_mask(templates_folder() / "mushroom_mask.png") > 0
    np.testing.assert_array_equal(painted[~masked], original[~masked])
    # "a green mushroom" in place of a red one
    before, after = original[masked].mean(axis=0), painted[masked].mean(axis=0)
    assert before[0] - before[1] > 0.1 > after[0] - after[1]


def test_outpainting_goes_on_beyond_the_edges(tmp_path: Path) -> None:
    done = results("outpaint", tmp_path, "paste", "decode_first")
    painted, original = done["paste.image"].pixels[0], done["decode_first.image"].pixels[0]
    assert painted.shape == (128, 192, 3)
    np.testing.assert_array_equal(painted[:, 32 + 12 : -32 - 12], original[:, 12:-12])
    yellow = np.array([1.0, 0.85, 0.25])
    for part in (painted[:, :32], painted[:, -32:]):
        np.testing.assert_allclose(part.mean(axis=(0, 1)), yellow, atol=0.15)


def test_a_second_pass_adds_detail_to_what_was_enlarged(tmp_path: Path) -> None:
    done = results("hires_fix", tmp_path, "large", "resize")
    enlarged, sampled = done["resize.latent"], done["large.latent"]
    assert sampled.size == enlarged.size == (128, 128)
    assert sampled.seeds == enlarged.seeds

    def detail(samples: Any) -> float:
        return float(np.abs(np.diff(samples, axis=-1)).mean())

    assert detail(sampled.samples) > 1.1 * detail(enlarged.samples)


@pytest.mark.full
def test_wildcards_give_each_picture_words_of_its_own(tmp_path: Path) -> None:
    done = results("wildcards", tmp_path, "labels", "grid", "batch")
    assert len(set(done["labels.text"].splitlines())) == 4
    assert len(done["batch.image"]) == 4
    assert len(done["grid.image"]) == 1


@pytest.mark.full
def test_a_larger_negative_scale_leaves_less_of_what_it_names(tmp_path: Path) -> None:
    done = results("negative_scale", tmp_path, "decode_low", "decode_high")

    def redness(name: str) -> float:
        red, green, blue = np.moveaxis(done[f"{name}.image"].pixels, -1, 0)
        return float((red - (green + blue) / 2).clip(0).mean())

    assert redness("decode_high") < 0.8 * redness("decode_low")


@pytest.mark.full
def test_variations_leave_the_picture_of_their_seed_the_further_the_stronger_they_are(tmp_path: Path) -> None:
    workflow = load_workflow("variations")

    def pictures(strength: float) -> Any:
        varied = {"latent.batch_size": 3, "noise.variation_strength": strength}
        return run(workflow, varied, targets=["decode"], output=tmp_path)["decode.image"].pixels

    original, near, far, others = map(pictures, (0.0, 0.4, 0.7, 1.0))
    distances = [float(np.abs(those - original).mean()) for those in (near, far, others)]
    assert 0.01 < distances[0] < distances[1] < distances[2]
    assert distances[0] < 0.75 * distances[2]
