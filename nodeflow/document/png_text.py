"""Texts, and what a camera said, in a PNG file. No decoder of pictures runs: only heads of chunks are read.

The format: https://www.w3.org/TR/png-3/#11textinfo
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_CHUNKS = 100_000
"""More than the largest pictures have; a file of a billion empty ones would take minutes to walk through."""

MAX_EXIF = 1_000_000
"""Bytes of a camera's words that are read; JPEG allows 64 KB."""

_PLAIN, _PACKED, _INTERNATIONAL = b"tEXt", b"zTXt", b"iTXt"


def png_text(file: BinaryIO, keyword: str, limit: int) -> str | None:
    """The first text of that keyword in a PNG file, before or after the pixels; None if there is none.

    Args:
        file: Read from its beginning; must be able to seek.
        keyword: The text's name, in ASCII.
        limit: The most bytes that a text may have, packed or not.

    Raises:
        ValueError: If the text is there and too long or damaged; a few words saying which.
    """
    wanted = keyword.encode("ascii") + b"\0"
    for kind, length in _chunks(file):
        if kind not in (_PLAIN, _PACKED, _INTERNATIONAL) or length < len(wanted):
            continue
        if file.read(len(wanted)) != wanted:
            continue
        if length > limit:
            raise ValueError("is too long")
        content = file.read(length - len(wanted))
        checksum = file.read(4)
        if checksum != struct.pack(">I", zlib.crc32(kind + wanted + content)):
            raise ValueError("is damaged")
        return _unpacked(kind, content, limit)
    return None


def png_texts(file: BinaryIO, limit: int) -> dict[str, str]:
    """All texts in a PNG file by keyword, the first of each; those that are damaged or too long are left out.

    Args:
        file: Read from its beginning; must be able to seek.
        limit: The most bytes that a text may have, packed or not.
    """
    found: dict[str, str] = {}
    for kind, length in _chunks(file):
        if kind not in (_PLAIN, _PACKED, _INTERNATIONAL) or length > limit:
            continue
        keyword, _, content = file.read(length).partition(b"\0")
        name = keyword.decode("latin-1")
        if name not in found:
            with suppress(ValueError):
                found[name] = _unpacked(kind, content, limit)
    return found


def png_exif(file: BinaryIO) -> bytes:
    """What a camera said in a PNG file, before or after the pixels; empty if it said nothing.

    Args:
        file: Read from its beginning; must be able to seek.
    """
    for kind, length in _chunks(file):
        if kind == b"eXIf" and length <= MAX_EXIF:
            return file.read(length)
    return b""


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Type and length of each chunk, the file standing at its content; ends where the file is cut off."""
    place = len(SIGNATURE)
    if file.read(place) != SIGNATURE:
        return
    for _ in range(MAX_CHUNKS):
        file.seek(place)
        head = file.read(8)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        yield kind, length
        place += 12 + length  # head, content and checksum


def _unpacked(kind: bytes, content: bytes, limit: int) -> str:
    encoding, packed = "latin-1", kind == _PACKED
    if packed:
        content = content[1:]  # the method; there is but one
    elif kind == _INTERNATIONAL:
        encoding, packed = "utf-8", content[:1] == b"\1"
        _language, _, rest = content[2:].partition(b"\0")
        _translated_keyword, _, content = rest.partition(b"\0")
    if packed:
        content = _inflated(content, limit)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise ValueError("is damaged") from None


def _inflated(content: bytes, limit: int) -> bytes:
    inflater = zlib.decompressobj()
    try:
        result = inflater.decompress(content, limit + 1)
    except zlib.error:
        raise ValueError("is damaged") from None
    if len(result) > limit:
        raise ValueError("is too long")
    if not inflater.eof:
        raise ValueError("is damaged")
    return result
