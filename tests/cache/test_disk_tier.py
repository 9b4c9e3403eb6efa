import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodeflow.cache import ResultCache, Tier, open_cache, rows
from nodeflow.folders import Folders
from nodeflow.values import Latent

Open = Callable[..., ResultCache]
Put = Callable[..., None]
Holds = Callable[[ResultCache, str, float], bool]
Files = Callable[[], list[Path]]


@dataclass(frozen=True)
class Palette:
    """A value of a third party's package."""

    colours: tuple[Latent, ...]


def test_results_survive_a_restart(opened: Open, put: Put, holds: Holds) -> None:
    put(opened(), "a", 1.0)
    later = opened(memory_bytes=10**6)
    assert later.where("a") is Tier.DISK
    assert later.recipe("a") == {"seed": 1.0}
    hit = later.get("a")
    assert hit is not None
    assert hit.tier is Tier.DISK
    assert not hit.outputs["latent"].samples.flags.writeable
    assert later.where("a") is Tier.MEMORY
    assert holds(later, "a", 1.0)
    assert later.recipe("a") == {"seed": 1.0}
    assert (later.get("b"), later.recipe("b"), later.where("b")) == (None, None, None)


def test_looking_makes_no_folder(opened: Open, folder: Path) -> None:
    cache = opened()
    assert (cache.get("a"), cache.recipe("a"), cache.where("a")) == (None, None, None)
    assert cache.info().disk_entries == cache.verify().entries == cache.prune().entries == 0
    cache.clear()
    assert not folder.exists()


def test_equal_results_share_a_file(opened: Open, put: Put, holds: Holds, blob_files: Files) -> None:
    cache = opened()
    put(cache, "a", 1.0)
    put(cache, "b", 1.0)
    assert len(blob_files()) == 1
    info = cache.info()
    assert (info.disk_entries, info.disk_files) == (2, 1)
    assert info.disk_bytes == blob_files()[0].stat().st_size
    assert holds(cache, "a", 1.0)
    assert holds(cache, "b", 1.0)


def test_a_result_put_again_replaces_the_earlier_one(
    opened: Open, put: Put, holds: Holds, blob_files: Files
) -> None:
    cache = opened()
    put(cache, "a", 1.0)
    put(cache, "a", 2.0)
    assert holds(cache, "a", 2.0)
    assert cache.recipe("a") == {"seed": 2.0}
    cache.prune()
    assert len(blob_files()) == 1


def test_the_least_recently_used_leave_the_disk_first(opened: Open, put: Put, blob_files: Files) -> None:
    put(opened(), "0", 0.0)
    size = blob_files()[0].stat().st_size
    cache = opened(disk_bytes=10 * size + size // 2)
    for number in range(1, 10):
        put(cache, str(number), float(number))
    cache.get("0")
    cache.where("1")  # looking is not using
    put(cache, "10", 10.0)
    put(cache, "11", 11.0)
    there = cache.where_many([str(number) for number in range(12)])
    assert "0" in there
    assert {"10", "11"} <= there.keys()
    assert "1" not in there
    assert "2" not in there
    assert cache.info().disk_bytes <= 10 * size + size // 2


def test_use_in_memory_counts_as_use_on_disk(opened: Open, put: Put) -> None:
    cache = opened(memory_bytes=10**6)
    put(cache, "a", 1.0)
    put(cache, "b", 2.0)
    hit = cache.get("a")
    assert hit is not None
    assert hit.tier is Tier.MEMORY
    cache.prune(cache.info().disk_bytes - 1)
    assert opened().where_many(["a", "b"]) == {"a": Tier.DISK}


def test_what_is_larger_than_the_cap_leaves_the_rest_alone(opened: Open, put: Put) -> None:
    cache = opened(memory_bytes=10**6, disk_bytes=4000)
    put(cache, "a", 1.0)
    put(cache, "large", 2.0, 10_000)
    later = opened()
    assert later.where("a") is Tier.DISK
    assert later.where("large") is None
    assert cache.where("large") is Tier.MEMORY


def test_a_result_as_large_as_the_cap_is_kept(opened: Open, put: Put, blob_files: Files) -> None:
    put(opened(), "a", 1.0)
    cache = opened(disk_bytes=blob_files()[0].stat().st_size)
    put(cache, "b", 2.0)
    assert cache.where_many(["a", "b"]) == {"b": Tier.DISK}


@pytest.mark.parametrize("value", [object(), {1, 2}, Palette(())], ids=["object", "set", "unknown class"])
def test_what_cannot_be_written_stays_in_memory(opened: Open, value: Any) -> None:
    cache = opened(memory_bytes=10**6)
    assert cache.put("a", {"x": value}, {}, "Test", 1.0) is None
    hit = cache.get("a")
    assert hit is not None
    assert hit.outputs["x"] is value
    assert opened().where("a") is None


def test_a_recipe_that_is_not_json_keeps_the_result_in_memory(opened: Open) -> None:
    cache = opened(memory_bytes=10**6)
    assert cache.put("a", {"x": 1}, {"path": Path()}, "Test", 1.0) is None
    assert cache.where("a") is Tier.MEMORY
    assert opened().where("a") is None


def test_classes_of_third_parties_are_read_where_they_are_known(opened: Open) -> None:
    value = Palette((Latent(np.ones((1, 4, 2, 2), np.float32)),))
    opened(classes=[Palette]).put("a", {"palette": value}, {}, "Test", 1.0)
    assert opened().get("a") is None
    hit = opened(classes=[Palette]).get("a")  # elsewhere it is unknown, not damaged
    assert hit is not None
    palette = hit.outputs["palette"]
    assert isinstance(palette, Palette)
    assert (palette.colours[0].samples == 1).all()


def test_many_keys_are_found_with_few_queries(opened: Open, put: Put, folder: Path) -> None:
    cache = opened(memory_bytes=10**6)
    put(cache, "7", 7.0)
    put(opened(), "9", 9.0)
    keys = [str(number) for number in range(10_000)]
    assert cache.where_many(keys) == {"7": Tier.MEMORY, "9": Tier.DISK}
    queries: list[str] = []
    database = sqlite3.connect(folder / "index-1.sqlite")
    database.set_trace_callback(queries.append)
    assert rows.locate(database, keys).keys() == {"7", "9"}
    database.close()
    assert len(queries) < 15


def test_where_sees_that_a_file_is_gone_or_cut_short(opened: Open, put: Put, blob_files: Files) -> None:
    cache = opened()
    put(cache, "a", 1.0)
    [file] = blob_files()
    os.truncate(file, 100)
    assert cache.where("a") is None
    file.unlink()
    assert cache.where("a") is None


def test_the_usual_cache_lies_in_the_cache_folder(tmp_path: Path) -> None:
    cache = open_cache(Folders.from_environment({"NODEFLOW_CACHE_DIR": str(tmp_path)}))
    assert cache.info().folder == tmp_path / "results"


def test_importing_the_cache_is_cheap() -> None:
    heavy = "numpy", "sqlite3", "safetensors", "torch", "pydantic", "networkx"
    code = f"import sys, nodeflow.cache; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
