"""Workflows inside pictures: found wherever PNG allows, and harmless however the file is made."""

from __future__ import annotations

import io
import struct
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from nodeflow.document import embedded
from nodeflow.document.embedded import embedded_text
from nodeflow.document.files import dump_workflow, load_workflow
from nodeflow.document.png_text import SIGNATURE, png_text
from nodeflow.errors import InvalidWorkflow, MissingFile
from nodeflow.pictures import Delivery
from nodeflow.pictures.embedded import embedded_workflow
from nodeflow.values import Image as Pixels

LIMIT = 1000


def chunk(kind: bytes, content: bytes = b"", *, length: int | None = None, damaged: bool = False) -> bytes:
    checksum = zlib.crc32(kind + content) ^ damaged
    head = struct.pack(">I", len(content) if length is None else length)
    return head + kind + content + struct.pack(">I", checksum)


def png(*chunks: bytes) -> bytes:
    return SIGNATURE + chunk(b"IHDR", bytes(13)) + b"".join(chunks) + chunk(b"IEND")


def text_in(data: bytes) -> str | None:
    return png_text(io.BytesIO(data), "key", LIMIT)


PLAIN = chunk(b"tEXt", b"key\0hello")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (PLAIN, "hello"),
        (chunk(b"IDAT", bytes(99)) + PLAIN, "hello"),
        (chunk(b"tEXt", b"other\0text") + PLAIN + chunk(b"tEXt", b"key\0second"), "hello"),
        (chunk(b"tEXt", b"key\0\xe4"), "ä"),
        (chunk(b"zTXt", b"key\0\0" + zlib.compress(b"\xe4" * 99)), "ä" * 99),
        (chunk(b"iTXt", b"key\0\0\0de\0Schl\0" + "日".encode()), "日"),
        (chunk(b"iTXt", b"key\0\1\0\0\0" + zlib.compress("日".encode())), "日"),
        (chunk(b"tEXt", b"key\0"), ""),
        (b"", None),
        (chunk(b"tEXt", b"keys\0hello"), None),
        (chunk(b"tEXt", b"key"), None),
        (chunk(b"key\0", b"hello"), None),
    ],
)
def test_a_text_is_found_however_it_is_written(content: bytes, text: str | None) -> None:
    assert text_in(png(content)) == text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (chunk(b"tEXt", b"key\0" + bytes(LIMIT)), "is too long"),
        (chunk(b"tEXt", b"key\0hello", length=2**32 - 1), "is too long"),
        (chunk(b"tEXt", b"key\0hello", length=500), "is damaged"),
        (chunk(b"tEXt", b"key\0hello", damaged=True), "is damaged"),
        (chunk(b"zTXt", b"key\0\0" + zlib.compress(bytes(10**6))), "is too long"),
        (chunk(b"zTXt", b"key\0\0" + zlib.compress(b"hello")[:-6]), "is damaged"),
        (chunk(b"zTXt", b"key\0\0hello"), "is damaged"),
        (chunk(b"iTXt", b"key\0\0\0\0\0\xff"), "is damaged"),
        (chunk(b"iTXt", b"key\0\1"), "is damaged"),
    ],
)
def test_a_text_that_cannot_be_read_says_why(content: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=f"^{words}$"):
        text_in(png(content))


@pytest.mark.parametrize("data", [b"", b"\x89PNG", SIGNATURE, SIGNATURE + b"\0\0", b"GIF89a", png()[:30]])
def test_other_files_hold_nothing(data: bytes) -> None:
    assert text_in(data) is None


def test_a_cut_off_picture_still_gives_what_came_before_the_cut() -> None:
    assert text_in(png(PLAIN, chunk(b"IDAT", bytes(999)))[:-900]) == "hello"


def test_millions_of_empty_chunks_take_no_time() -> None:
    data = SIGNATURE + chunk(b"IDAT") * 1_000_000 + PLAIN
    began = time.process_time()
    assert text_in(data) is None
    assert time.process_time() - began < 2


@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_bytes_are_harmless(noise: bytes, place: int) -> None:
    whole = png(chunk(b"zTXt", b"key\0\0" + zlib.compress(b"hello")))
    try:
        text_in(whole[:place] + noise + whole[place + len(noise) :])
    except ValueError as error:
        assert str(error) in ("is too long", "is damaged")  # noqa: PT017 - most noise raises nothing


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture as nodeflow saves it."""
    text = dump_workflow(load_workflow("text_to_image"))
    image = Pixels([[[[0, 0.5, 1]]]])  # type: ignore[arg-type]
    (path,) = Delivery(tmp_path / "apple.png", workflow=text).save(image, "", "save")
    return path


def test_a_saved_picture_opens_as_its_workflow(picture: Path) -> None:
    workflow = load_workflow(picture)
    text = dump_workflow(load_workflow("text_to_image"))
    assert dump_workflow(workflow) == text
    assert (workflow.path, workflow.title) == (picture.resolve(), workflow.name or "apple")
    found = embedded_workflow(picture)
    assert found is not None
    assert dump_workflow(found) == text
    assert found.path is None, "nothing may save over the picture"


def test_a_name_outside_latin_1_survives(tmp_path: Path) -> None:
    info = PngInfo()
    info.add_text(embedded.WORKFLOW_KEY, '{"name": "林檎", "nodes": {}}')
    Image.new("L", (1, 1)).save(tmp_path / "a.PNG", pnginfo=info)
    assert load_workflow(tmp_path / "a.PNG").name == "林檎"


def test_a_picture_without_a_workflow_says_so(tmp_path: Path) -> None:
    Image.new("L", (1, 1)).save(tmp_path / "plain.png")
    (tmp_path / "words.png").write_text("{}")
    for name in ("plain.png", "words.png"):
        with pytest.raises(InvalidWorkflow, match=f"^{name} holds no workflow. Give a .json file, or a PNG"):
            load_workflow(tmp_path / name)
        assert embedded_workflow(tmp_path / name) is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'nodeflow\0{"nodes": 5}', "nodes"),
        (b"nodeflow\0import os", "not JSON"),
        (b"nodeflow\0", "empty"),
        (b"nodeflow\0" + b'{"nodes": ' * 500, "not JSON|nested"),
    ],
)
def test_what_it_holds_is_checked_as_any_workflow(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(chunk(b"tEXt", content)))
    for read in (load_workflow, embedded_workflow):
        with pytest.raises(InvalidWorkflow, match=words):
            read(tmp_path / "a.png")


def test_a_damaged_workflow_is_named(picture: Path) -> None:
    picture.write_bytes(picture.read_bytes().replace(b"TextEncode", b"TextEnc0de"))
    for read in (load_workflow, embedded_workflow):
        with pytest.raises(InvalidWorkflow, match=r"^the workflow in apple\.png is damaged$"):
            read(picture)


def test_a_workflow_too_large_is_refused(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "MAX_BYTES", 100)
    with pytest.raises(InvalidWorkflow, match=r"^the workflow in apple\.png is too long$"):
        embedded_text(picture)


def test_a_picture_that_may_not_be_read_is_missing(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(MissingFile, match=r"apple\.png cannot be read: Permission denied"):
        load_workflow(picture)
    assert embedded_workflow(picture) is None
