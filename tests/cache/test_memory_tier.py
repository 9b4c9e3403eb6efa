from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from nodeflow.cache import ResultCache, Tier
from nodeflow.cache.memory import size_of
from nodeflow.values import Image, Latent

KB = 1024


def cache(memory_bytes: int) -> ResultCache:
    return ResultCache(None, memory_bytes=memory_bytes, disk_bytes=0)


def outputs(kilobytes: float, fill: float = 0) -> dict[str, Any]:
    return {"latent": Latent(np.full((1, 1, 1, int(kilobytes * 256)), fill, np.float32))}


def put(cache: ResultCache, key: str, values: dict[str, Any]) -> None:
    assert cache.put(key, values, {"key": key}, "Test", 1.0) is None


def test_a_result_comes_back_with_its_recipe() -> None:
    kept = cache(100 * KB)
    values = outputs(1)
    put(kept, "a", values)
    hit = kept.get("a")
    assert hit is not None
    assert hit.tier is Tier.MEMORY
    assert hit.outputs["latent"] is values["latent"]
    assert kept.recipe("a") == {"key": "a"}
    assert kept.where("a") is Tier.MEMORY
    assert (kept.get("b"), kept.recipe("b"), kept.where("b")) == (None, None, None)


def test_a_hit_cannot_be_changed_from_outside() -> None:
    kept = cache(100 * KB)
    values = outputs(1)
    put(kept, "a", values)
    values.clear()
    hit = kept.get("a")
    assert hit is not None
    with pytest.raises(TypeError):
        hit.outputs["latent"] = None  # type: ignore[index]
    assert list(hit.outputs) == ["latent"]


def test_the_least_recently_used_leaves_first() -> None:
    kept = cache(35 * KB)
    for key in "abc":
        put(kept, key, outputs(10))
    kept.get("a")
    kept.where("b")  # looking is not using
    put(kept, "d", outputs(10))
    assert kept.where_many("abcd").keys() == {"a", "c", "d"}


def test_the_budget_is_kept_and_what_is_larger_is_not_held() -> None:
    kept = cache(35 * KB)
    for index in range(20):
        put(kept, str(index), outputs(1 + index % 7))
        assert kept.info().memory_bytes <= 35 * KB
    before = kept.info().memory_entries
    put(kept, "huge", outputs(36))
    assert kept.where("huge") is None
    assert kept.info().memory_entries == before


def test_a_result_put_again_counts_once() -> None:
    kept = cache(100 * KB)
    put(kept, "a", outputs(10))
    put(kept, "a", outputs(20, fill=1))
    assert kept.info().memory_entries == 1
    assert 20 * KB < kept.info().memory_bytes < 21 * KB
    hit = kept.get("a")
    assert hit is not None
    assert hit.outputs["latent"].samples.max() == 1


def test_sizes_count_every_array_once() -> None:
    pixels = np.zeros((1, 16, 16, 3), np.float32)
    image = Image(pixels)
    once = size_of({"image": image})
    assert pixels.nbytes < once < pixels.nbytes + KB
    assert size_of({"image": image, "again": [image, (image,)]}) < once + KB
    assert size_of({"text": "x" * 5000}) > 5000


def test_cycles_have_a_size() -> None:
    cycle: list[Any] = []
    cycle.append(cycle)
    assert size_of({"x": cycle}) < KB


def test_memory_can_be_released() -> None:
    kept = cache(100 * KB)
    put(kept, "a", outputs(10))
    assert kept.release_memory() > 10 * KB
    assert kept.where("a") is None
    assert kept.info().memory_bytes == 0


def test_many_threads_share_it() -> None:
    kept = cache(50 * KB)

    def work(worker: int) -> None:
        for index in range(300):
            key = str((worker * 7 + index) % 11)
            put(kept, key, outputs(1 + int(key), fill=int(key)))
            hit = kept.get(str(index % 11))
            assert hit is None or hit.outputs["latent"].samples[0, 0, 0, 0] == index % 11

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    kept.release_memory()
    assert kept.info().memory_bytes == 0
