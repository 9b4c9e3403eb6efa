"""What other programs write into pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import ExifTags
from PIL import Image as PILImage
from PIL.PngImagePlugin import PngInfo

from nodeflow.pictures.foreign import comfyui_values, parse_parameters, texts_in

TEXT = """a castle, <lora:moss:0.8>
on a hill
Negative prompt: people,
cars
Steps: 28, Sampler: DPM++ 2M, CFG scale: 6.5, Seed: 77, Lora hashes: "moss: 1a2b, fog: 3c4d", Model: dream"""


def test_parameters_are_read() -> None:
    told = parse_parameters(TEXT)
    assert told.prompt == "a castle, <lora:moss:0.8>\non a hill"
    assert told.negative == "people,\ncars"
    assert told.settings["Seed"] == "77"
    assert told.settings["CFG scale"] == "6.5"
    assert told.settings["Lora hashes"] == "moss: 1a2b, fog: 3c4d"
    assert told.settings["Model"] == "dream"


def test_a_text_without_settings_is_a_prompt() -> None:
    told = parse_parameters("a castle")
    assert (told.prompt, told.negative, told.settings) == ("a castle", "", {})


@pytest.mark.parametrize("head", [b"UNICODE\0", b"ASCII\0\0\0"])
@pytest.mark.parametrize("suffix", [".jpg", ".webp"])
def test_comments_in_exif(tmp_path: Path, head: bytes, suffix: str) -> None:
    content = TEXT.encode("utf-16-be" if head.startswith(b"U") else "ascii")
    exif = PILImage.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = head + content
    PILImage.new("RGB", (8, 8)).save(tmp_path / f"a{suffix}", exif=exif)
    assert texts_in(tmp_path / f"a{suffix}") == {"parameters": TEXT}


def test_all_texts_of_a_png_are_found_and_damage_is_left_out(tmp_path: Path) -> None:
    info = PngInfo()
    info.add_text("parameters", TEXT, zip=True)
    info.add_itxt("Title", "Schloß")
    PILImage.new("RGB", (8, 8)).save(tmp_path / "a.png", pnginfo=info)
    assert texts_in(tmp_path / "a.png") == {"parameters": TEXT, "Title": "Schloß"}
    content = (tmp_path / "a.png").read_bytes()
    (tmp_path / "b.png").write_bytes(content.replace(b"parameters\0\0\x78", b"parameters\0\0\x00"))
    assert texts_in(tmp_path / "b.png") == {"Title": "Schloß"}


@pytest.mark.parametrize("text", ["", "[]", '{"1": 2}', '{"1": {"inputs": []}}', "[" * 100_000])
def test_what_is_no_graph_has_no_values(text: str) -> None:
    assert list(comfyui_values(text)) == []
