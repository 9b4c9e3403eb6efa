"""Delivering pictures: each under a name of its own, whole, with its workflow inside."""

from __future__ import annotations

import multiprocessing
import os
import stat
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PILImage

from nodeflow.errors import MissingFile, UsageError
from nodeflow.files import atomic
from nodeflow.pictures import Delivery
from nodeflow.pictures.delivery import check_output
from nodeflow.values import Image

NAME = "{workflow}_{counter:03}_{seed}"


def grey(value: float = 0.5, count: int = 1, seeds: tuple[int, ...] = ()) -> Image:
    return Image(np.full((count, 8, 8, 3), value, np.float32), seeds)


def save_many(folder: str, value: int) -> list[str]:
    """Save ten pictures of one grey, as another process would."""
    delivery = Delivery(Path(folder), "apple")
    return [path.name for _ in range(10) for path in delivery.save(grey(value / 255), NAME, "save")]


def test_names_count_up_and_tell_the_seed(tmp_path: Path) -> None:
    delivery = Delivery(tmp_path, "apple")
    paths = delivery.save(grey(count=2, seeds=(7, 8)), NAME, "save") + delivery.save(grey(), NAME, "save")
    assert [path.name for path in paths] == ["apple_001_7.png", "apple_002_8.png", "apple_003.png"]


def test_counting_goes_on_where_an_earlier_run_stopped_and_ignores_other_files(tmp_path: Path) -> None:
    for name in ("apple_041_3.png", "apple_notes.txt", "pear_900_1.png"):
        (tmp_path / name).touch()
    assert Delivery(tmp_path, "apple").save(grey(), NAME, "save")[0].name == "apple_042.png"


def test_without_a_counter_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    delivery = Delivery(tmp_path, "apple")
    names = [delivery.save(grey(), "{workflow}", "save")[0].name for _ in range(3)]
    assert names == ["apple.png", "apple_2.png", "apple_3.png"]


def test_taken_names_are_not_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Path] = []

    def watched(path: Path, data: bytes) -> bool:
        tried.append(path)
        return atomic.write_new(path, data)

    monkeypatch.setattr("nodeflow.pictures.delivery.write_new", watched)
    assert Delivery(tmp_path).save(grey(count=5), "same", "save") == tried


def test_folders_are_made(tmp_path: Path) -> None:
    (path,) = Delivery(tmp_path / "new").save(grey(), "a/{node}/b", "save")
    assert path == tmp_path / "new" / "a" / "save" / "b.png"


def test_a_file_name_is_used_as_it_is_and_an_older_file_replaced(tmp_path: Path) -> None:
    target = tmp_path / "out" / "pear.png"
    target.parent.mkdir()
    target.write_text("old")
    paths = Delivery(target).save(grey(count=2), NAME, "save")
    assert [path.name for path in paths] == ["pear.png", "pear_2.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in paths)


def test_values_are_rounded_and_clipped(tmp_path: Path) -> None:
    pixels = np.array([-1.0, 0.0, 0.4999, 0.5, 1.0, 2.0], np.float32).repeat(3).reshape(1, 1, 6, 3)
    (path,) = Delivery(tmp_path).save(Image(pixels), "a", "save")
    with PILImage.open(path) as picture:
        assert [np.asarray(picture)[0, i, 0] for i in range(6)] == [0, 0, 127, 128, 255, 255]


@pytest.mark.parametrize(
    "text", ['{"a": 1}', '{"text": "Äpfel, りんご"}', '{"long": "' + "x" * 200_000 + '"}']
)
def test_the_workflow_travels_inside(text: str, tmp_path: Path) -> None:
    (path,) = Delivery(tmp_path, workflow=text).save(grey(), "a", "save")
    with PILImage.open(path) as picture:
        assert picture.text["nodeflow"] == text  # type: ignore[attr-defined]  # only PNG has it


def test_threads_of_one_run_never_share_a_name(tmp_path: Path) -> None:
    delivery = Delivery(tmp_path, "apple")
    with ThreadPoolExecutor(8) as pool:
        paths = list(pool.map(lambda _: delivery.save(grey(), NAME, "save")[0], range(40)))
    assert len(set(paths)) == len(list(tmp_path.iterdir())) == 40


def test_processes_never_overwrite_each_others_pictures(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        saved = dict(zip((60, 200), pool.map(save_many, [str(tmp_path)] * 2, (60, 200)), strict=True))
    assert len(set(saved[60]) | set(saved[200])) == 20
    for value, names in saved.items():
        for name in names:
            with PILImage.open(tmp_path / name) as picture:
                assert picture.getpixel((0, 0)) == (value, value, value)


def test_no_hard_links_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert len(set(save_many(str(tmp_path), 60))) == 10
    assert len(list(tmp_path.iterdir())) == 10


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    target = tmp_path / "old.png"
    target.write_text("old")
    with pytest.raises(MissingFile, match=r"No space left on device\. Free some space"):
        Delivery(target).save(grey(), NAME, "save")
    with pytest.raises(MissingFile, match=r"cannot be written"):
        Delivery(tmp_path).save(grey(), NAME, "save")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("old.png", "old")]


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_pictures_have_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    Delivery(tmp_path).save(grey(), "a", "save")
    assert len({stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}) == 1


def test_a_failing_replacement_leaves_no_temporary_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match=r"."):
        atomic.write_replacing(tmp_path / "folder", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize("name", ["a.jpg", "a.JPEG", "a.webp", "a.gif"])
def test_other_formats_are_refused_with_the_name_to_use(name: str) -> None:
    with pytest.raises(UsageError, match=r"saved as PNG, not \.\w+\. Use a\.png"):
        check_output(Path(name))


def test_a_folder_named_like_a_picture_and_a_file_named_like_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    (tmp_path / "notes").touch()
    with pytest.raises(UsageError, match=r"a\.png is a folder"):
        check_output(tmp_path / "a.png")
    with pytest.raises(UsageError, match="notes is a file"):
        check_output(tmp_path / "notes")


@pytest.mark.parametrize("name", ["new", "new.png", "new.v2"])
def test_folders_and_png_files_are_fine(name: str, tmp_path: Path) -> None:
    check_output(tmp_path / name)
    assert not list(tmp_path.iterdir())
