from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodeflow.cache import ResultCache
from nodeflow.values import Handover, Latent, Scheduler

Outputs = Mapping[str, Any]
Open = Callable[..., ResultCache]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "results"


@pytest.fixture
def opened(folder: Path) -> Open:
    """Opens the cache as another program would: nothing is in memory, unless it is asked for."""

    def open_it(*, memory_bytes: int = 0, disk_bytes: int = 2**30, **more: Any) -> ResultCache:
        return ResultCache(folder, memory_bytes=memory_bytes, disk_bytes=disk_bytes, **more)

    return open_it


@pytest.fixture
def outputs_of() -> Callable[[float], Outputs]:
    """A small result that says which one it is."""

    def make(number: float, length: int = 16) -> Outputs:
        samples = np.full((1, 1, 1, length), number, np.float32)
        return {"latent": Latent(samples, handover=Handover(Scheduler.EULER, number)), "number": number}

    return make


@pytest.fixture
def holds(outputs_of: Callable[[float], Outputs]) -> Callable[[ResultCache, str, float], bool]:
    """Whether a cache has the right result. Fails the test if it has a wrong one."""

    def check(cache: ResultCache, key: str, number: float) -> bool:
        hit = cache.get(key)
        if hit is None:
            return False
        assert hit.outputs["number"] == number
        found, right = hit.outputs["latent"], outputs_of(number)["latent"]
        assert (found.samples == right.samples).all()
        assert found.samples.shape == right.samples.shape
        assert (found.handover, found.seeds, found.empty) == (right.handover, right.seeds, right.empty)
        return True

    return check


@pytest.fixture
def put(outputs_of: Callable[..., Outputs]) -> Callable[..., None]:
    """Puts a small result; nothing may go wrong."""

    def put_it(cache: ResultCache, key: str, number: float, length: int = 16) -> None:
        assert cache.put(key, outputs_of(number, length), {"seed": number}, "Sampler", 2.0) is None

    return put_it


@pytest.fixture
def blob_files(folder: Path) -> Callable[[], list[Path]]:
    """The files that hold results."""
    return lambda: sorted(folder.glob("blobs/*/*.safetensors"))
