"""What models tell of themselves, and what lies beside them; nothing of it is trusted."""

from __future__ import annotations

import base64
import json
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodeflow.models import Architecture, ModelEntry, ModelKind
from nodeflow.models.about import About, loaded
from nodeflow.models.metadata import frequent_tags, resolution, thumbnail, told_by
from nodeflow.models.portrait import Portrait, Portrayer

KOHYA = {
    "ss_base_model_version": "sdxl_base_v1-0",
    "ss_resolution": "(1024, 1024)",
    "ss_output_name": "ink-v2",
    "ss_tag_frequency": json.dumps(
        {"10_ink": {"ink wash": 40, "paper": 30, "cat": 3}, "5_more": {"paper": 5}}
    ),
}
SPEC = {
    "modelspec.title": "Ink wash",
    "modelspec.architecture": "stable-diffusion-xl-v1-base/lora",
    "modelspec.resolution": "1024x768",
    "modelspec.license": "CC-BY-4.0",
    "modelspec.trigger_phrase": "ink wash, in ink",
    "modelspec.hash_sha256": "0x" + "AB" * 32,
}


def model(path: Path, metadata: dict[str, str] | None = None) -> ModelEntry:
    """A file with one small tensor, and metadata."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header: dict[str, Any] = {"x": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}
    text = json.dumps(header | ({"__metadata__": metadata} if metadata else {})).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(4))
    return ModelEntry(path.stem, ModelKind.LORA, path, 100, Architecture.SDXL, bundled=False)


def portrait(entry: ModelEntry, cache: Path) -> Portrait:
    (found,) = Portrayer(cache).portraits([entry])
    return found


def test_what_training_scripts_leave_behind_is_told() -> None:
    told = told_by(KOHYA)
    assert told.trigger_words == ("ink wash", "paper"), "not every tag is a trigger word"
    assert (told.base_model, told.resolution, told.title) == ("sdxl_base_v1-0", "1024x1024", "ink-v2")


def test_what_the_metadata_standard_says_comes_first() -> None:
    told = told_by(KOHYA | SPEC)
    assert told.trigger_words == ("ink wash", "in ink")
    assert (told.title, told.resolution, told.licence) == ("Ink wash", "1024x768", "CC-BY-4.0")
    assert told.digest == "ab" * 32


@pytest.mark.parametrize(
    ("text", "shown"), [("512", "512x512"), ("", ""), ("large", ""), ("1,2,3", ""), ("64x64x64", "")]
)
def test_resolutions_are_read_or_left_out(text: str, shown: str) -> None:
    assert resolution(text) == shown


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": {"b": "c"}}', "[" * 100_000, "null"])
def test_tags_of_any_other_form_are_none(text: str) -> None:
    assert frequent_tags(text) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("data:image/png;base64," + base64.b64encode(b"picture").decode(), b"picture"),
        ("data:image/png;base64,???", None),
        ("data:text/html;base64,aGk=", None),
        ("https://somewhere/picture.png", None),
        ("", None),
    ],
)
def test_only_pictures_inside_the_file_are_taken(text: str, found: bytes | None) -> None:
    assert thumbnail({"modelspec.thumbnail": text}) == found


@given(st.dictionaries(st.sampled_from([*KOHYA, *SPEC, "modelspec.thumbnail"]), st.text()))
def test_any_metadata_can_be_told(metadata: dict[str, str]) -> None:
    told = told_by(metadata)
    assert loaded(told.dump()) == told
    thumbnail(metadata)


@pytest.mark.parametrize("text", ["", "3", "{}", '{"trigger_words": 3}', '{"trigger_words": [], "more": 1}'])
def test_what_cannot_be_read_again_is_read_anew(text: str) -> None:
    assert loaded(text) is None


CIVITAI = {
    "baseModel": "SDXL 1.0",
    "trainedWords": ["ink wash, paper", "soft"],
    "model": {"name": "Ink"},
    "description": "<p>For <b>ink</b> &amp; paper</p>",
    "files": [{"hashes": {"SHA256": "CD" * 32}}],
}


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("ink.civitai.info", CIVITAI),
        ("ink.metadata.json", {"civitai": CIVITAI, "notes": ""}),
        (
            "ink.cm-info.json",
            {
                "BaseModel": "SDXL 1.0",
                "TrainedWords": ["ink wash", "paper", "soft"],
                "ModelName": "Ink",
                "ModelDescription": "For ink & paper",
                "Hashes": {"SHA256": "cd" * 32},
            },
        ),
        (
            "ink.json",
            {
                "sd version": "SDXL 1.0",
                "activation text": "ink wash, paper, soft",
                "name": "Ink",
                "description": "For ink & paper",
                "sha256": "cd" * 32,
            },
        ),
    ],
)
def test_notes_of_other_programs_are_read(tmp_path: Path, name: str, notes: dict[str, Any]) -> None:
    entry = model(tmp_path / "ink.safetensors")
    (tmp_path / name).write_text(json.dumps(notes))
    about = portrait(entry, tmp_path / "cache").about
    assert about == About(
        title="Ink",
        base_model="SDXL 1.0",
        description="For ink & paper",
        trigger_words=("ink wash", "paper", "soft"),
        digest="cd" * 32,
    )


def test_a_text_beside_the_model_holds_its_trigger_words(tmp_path: Path) -> None:
    entry = model(tmp_path / "ink.safetensors", KOHYA)
    (tmp_path / "ink.txt").write_text("wet ink\nbrush strokes")
    about = portrait(entry, tmp_path / "cache").about
    assert about.trigger_words == ("wet ink", "brush strokes")
    assert about.base_model == "sdxl_base_v1-0", "what notes do not say, the file does"


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff", b"[" * 200_000, b"{" + b" " * 2**21 + b"}", b""])
def test_notes_that_are_damaged_or_too_long_are_left_out(tmp_path: Path, content: bytes) -> None:
    entry = model(tmp_path / "ink.safetensors")
    (tmp_path / "ink.json").write_bytes(content)
    assert portrait(entry, tmp_path / "cache").about == About()


def test_a_long_text_is_no_list_of_words(tmp_path: Path) -> None:
    entry = model(tmp_path / "ink.safetensors")
    (tmp_path / "ink.txt").write_text("A licence. " * 1000)
    assert portrait(entry, tmp_path / "cache").about.trigger_words == ()


@pytest.mark.parametrize("name", ["ink.png", "INK.JPG", "ink.preview.png"])
def test_the_picture_beside_a_model_is_its_preview(tmp_path: Path, name: str) -> None:
    entry = model(tmp_path / "ink.safetensors")
    (tmp_path / name).touch()
    (tmp_path / "other.png").touch()
    assert portrait(entry, tmp_path / "cache").preview == tmp_path / name


def test_the_picture_inside_a_model_is_kept_for_the_next_time(tmp_path: Path) -> None:
    data = "data:image/png;base64," + base64.b64encode(b"picture").decode()
    entry = model(tmp_path / "ink.safetensors", {"modelspec.thumbnail": data})
    for _ in range(2):
        preview = portrait(entry, tmp_path / "cache").preview
        assert preview is not None
        assert preview.read_bytes() == b"picture"


@pytest.mark.parametrize(
    ("content", "fault"),
    [(b"", "is empty"), (b"<html>", "is a web page, not a model"), (b"PK\x03\x04", "pickle")],
)
def test_a_damaged_model_says_what_is_wrong_and_is_read_again(
    tmp_path: Path, content: bytes, fault: str
) -> None:
    entry = model(tmp_path / "ink.safetensors")
    entry.path.write_bytes(content)
    assert fault in portrait(entry, tmp_path / "cache").fault
    model(entry.path, SPEC)
    assert portrait(entry, tmp_path / "cache").about.title == "Ink wash"


def test_a_model_that_vanished_is_told_as_far_as_it_is_known(tmp_path: Path) -> None:
    entry = model(tmp_path / "ink.safetensors")
    entry.path.unlink()
    assert portrait(entry, tmp_path / "cache") == Portrait(entry)
