from __future__ import annotations

from pathlib import Path

import pytest

from nodeflow.errors import UsageError
from nodeflow.folders import BUNDLED_MODELS, Folders
from nodeflow.hardware import Dtype, Mode, Quality, Wishes
from nodeflow.settings import FILE_NAME, Settings, read_settings


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folders:
    monkeypatch.delenv("NODEFLOW_DEVICE", raising=False)
    return Folders.from_environment({"NODEFLOW_CONFIG_DIR": str(tmp_path)})


def write(folders: Folders, text: str) -> None:
    (folders.config / FILE_NAME).write_text(text, "utf-8")


def test_without_a_file_everything_has_its_default(folders: Folders) -> None:
    assert read_settings(folders) == Settings()
    assert read_settings(folders).wishes() == Wishes()


def test_all_that_can_be_set_is_read(folders: Folders) -> None:
    write(
        folders,
        """
        [run]
        quality = "fast"
        device = "cuda:1"
        dtype = "bf16"
        eight_bit = true
        mode = "group_offload"

        [cache]
        memory = "500MB"
        disk = "5GiB"
        """,
    )
    settings = read_settings(folders)
    assert settings.wishes() == Wishes(Quality.FAST, "cuda:1", Dtype.BF16, True, Mode.GROUP_OFFLOAD)
    assert (settings.cache.memory, settings.cache.disk) == (500_000_000, 5 * 2**30)


def test_the_environment_names_the_device_over_the_settings(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folders, '[run]\ndevice = "cuda:1"\nquality = "fast"')
    monkeypatch.setenv("NODEFLOW_DEVICE", "cpu")
    assert read_settings(folders).wishes() == Wishes(Quality.FAST, "cpu")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[run", "is no TOML file"),
        ('[run]\nquality = "best"', "run.quality"),
        ('[run]\nspeed = "high"', "run.speed"),
        ('[cache]\nmemory = "plenty"', "cache.memory"),
        ("[cache]\ndisk = -1", "cache.disk"),
        ("[cache]\ndisk = 'a lot'", "cache.disk: “a lot” is no size such as 500MB or 50GB"),
        ("[cache]\nmemory = '3 apples'", "cache.memory: “3 apples” is no size such as 500MB or 50GB"),
        ("[rum]", "rum"),
    ],
)
def test_what_nobody_knows_is_named(folders: Folders, text: str, complaint: str) -> None:
    write(folders, text)
    with pytest.raises(UsageError, match=complaint) as caught:
        read_settings(folders)
    assert FILE_NAME in str(caught.value)
    assert "\n" not in str(caught.value)


def test_wishes_fall_back_one_by_one() -> None:
    strong = Wishes(quality=Quality.EXACT, eight_bit=False)
    weak = Wishes(quality=Quality.FAST, device="cpu", eight_bit=True)
    assert strong.over(weak) == Wishes(quality=Quality.EXACT, device="cpu", eight_bit=False)


def test_folders_are_named_in_the_settings_and_by_the_environment_before_them(
    tmp_path: Path, folders: Folders
) -> None:
    write(folders, f'[folders]\nmodels = ["{tmp_path}/a", "~/b"]\noutput = "{tmp_path}/out"\n')
    config = {"NODEFLOW_CONFIG_DIR": str(tmp_path)}
    found = Folders.from_environment(config)
    assert found.models == (tmp_path / "a", Path.home() / "b", BUNDLED_MODELS)
    assert found.output == tmp_path / "out"
    assert found.cache == folders.cache, "what is left out is the platform's"
    stronger = Folders.from_environment({**config, "NODEFLOW_OUTPUT_DIR": str(tmp_path / "env")})
    assert stronger.output == tmp_path / "env"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[folders]\nmodels = 3", "folders.*models: should be the path of a folder"),
        ('[folders]\noutput = ""', "folders.*output: should be the path of a folder"),
        ('[folders]\noutput = "here"', "folders.*output: “here” should be a whole path"),
        ('[folders]\npictures = "/p"', "folders.*pictures: there are models, output, cache"),
        ("folders = 1", "folders.*should be a table"),
        ("[folders", "is no TOML file"),
    ],
)
def test_folders_that_are_none_are_refused_alike_everywhere(
    tmp_path: Path, folders: Folders, text: str, complaint: str
) -> None:
    write(folders, text)
    for read in (
        lambda: read_settings(folders),
        lambda: Folders.from_environment({"NODEFLOW_CONFIG_DIR": str(tmp_path)}),
    ):
        with pytest.raises(UsageError, match=complaint) as caught:
            read()
        assert FILE_NAME in str(caught.value)
