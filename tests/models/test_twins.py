"""A model is found by its content, and no more is read for it than takes a few seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodeflow.files import Digests
from nodeflow.files.digests import Progress
from nodeflow.models import Architecture, ModelEntry, ModelKind, twins
from nodeflow.models.twins import twin


class Watched(Digests):
    """Digests that say what was read."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.read: list[str] = []

    def of(self, path: Path, progress: Progress | None = None) -> str:
        self.read.append(path.stem)
        return super().of(path, progress)


def entry(path: Path) -> ModelEntry:
    size = path.stat().st_size if path.exists() else 1
    return ModelEntry(path.stem, ModelKind.LORA, path, size, Architecture.SDXL, bundled=False)


@pytest.fixture
def entries(tmp_path: Path) -> list[ModelEntry]:
    """Models of 30, 20 and 10 bytes, and one that is gone."""
    files = [tmp_path / f"{name}.bin" for name in ("large", "middle", "small", "gone")]
    for size, file in zip((30, 20, 10), files, strict=False):
        file.write_bytes(bytes(size))
    return [entry(file) for file in files]


@pytest.fixture
def digests(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "cache")


def test_the_smallest_are_read_first(entries: list[ModelEntry], digests: Watched) -> None:
    wanted = Digests(digests_folder(entries)).of(entries[1].path)
    assert twin(wanted, entries, digests) is entries[1]
    assert digests.read == ["gone", "small", "middle"]


def digests_folder(entries: list[ModelEntry]) -> Path:
    """A memory of its own, from which `digests` learns nothing."""
    return entries[0].path.parent / "other cache"


def test_what_is_known_is_not_read(
    entries: list[ModelEntry], digests: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Digests, "known", lambda _, path: path.stem)
    assert twin("large", entries, digests) is entries[0]
    assert twin("nothing", entries, digests) is None
    assert digests.read == []


@pytest.mark.parametrize(
    ("most", "read"), [(5, ["gone"]), (11, ["gone", "small"]), (61, ["gone", "small", "middle", "large"])]
)
def test_no_more_is_read_than_takes_a_moment(
    most: int, read: list[str], entries: list[ModelEntry], digests: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twins, "MOST_READ", most)
    assert twin("sha256:nothing", entries, digests) is None
    assert digests.read == read
