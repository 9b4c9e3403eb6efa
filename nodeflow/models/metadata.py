"""What the metadata in a safetensors header tells about a model.

Keys that begin with `modelspec.` are those of the Stability AI Model Metadata Standard; `ss_` are what
kohya's training scripts leave behind.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Mapping

from nodeflow.models.about import LONGEST, About, plain

MOST_WORDS = 12
"""Trigger words that are told; a training set may have thousands of tags."""
OFTEN = 0.5
"""A tag is a trigger word if it is on so many of the pictures, of those with the most common tag."""
LARGEST_THUMBNAIL = 4 * 2**20
"""Characters of a picture inside the metadata."""
_LONGEST_TAGS = 8 * 2**20


def told_by(metadata: Mapping[str, str]) -> About:
    """What a file says of itself; damaged parts are left out."""
    spec = {key.removeprefix("modelspec."): value for key, value in metadata.items() if "." in key}
    words = split_words(spec.get("trigger_phrase", "")) or frequent_tags(metadata.get("ss_tag_frequency", ""))
    return About(
        title=plain(spec.get("title")) or plain(metadata.get("ss_output_name")),
        author=plain(spec.get("author")),
        base_model=plain(metadata.get("ss_base_model_version")) or plain(spec.get("architecture")),
        resolution=resolution(spec.get("resolution") or metadata.get("ss_resolution", "")),
        licence=plain(spec.get("license")),
        description=plain(spec.get("description") or metadata.get("ss_training_comment"), LONGEST),
        trigger_words=words,
        digest=sha256(spec.get("hash_sha256", "")),
    )


def thumbnail(metadata: Mapping[str, str]) -> bytes | None:
    """The picture that a file carries, as it was encoded; None if it carries none that can be read."""
    text = metadata.get("modelspec.thumbnail", "")
    head, comma, data = text.partition(",")
    if not comma or len(text) > LARGEST_THUMBNAIL or not re.fullmatch(r"data:image/[\w.+-]+;base64", head):
        return None
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        return None


def frequent_tags(text: str) -> tuple[str, ...]:
    """The tags that most pictures of a training set have, as kohya's scripts count them for each folder."""
    if len(text) > _LONGEST_TAGS:
        return ()
    try:
        folders = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return ()
    counts: Counter[str] = Counter()
    for tags in folders.values() if isinstance(folders, dict) else ():
        for tag, count in tags.items() if isinstance(tags, dict) else ():
            if type(count) is int and plain(tag):
                counts[plain(tag)] += count
    most = max(counts.values(), default=0)
    return tuple(tag for tag, count in counts.most_common(MOST_WORDS) if count >= OFTEN * most > 0)


def split_words(text: object) -> tuple[str, ...]:
    """The words or phrases of a text in which commas or lines part them, each once."""
    if not isinstance(text, str):
        return ()
    parts = (plain(part) for part in re.split(r"[,\n]", text[:LONGEST]))
    return tuple(dict.fromkeys(part for part in parts if part))[:MOST_WORDS]


def resolution(text: object) -> str:
    """Width and height from `1024x1024`, `(1024, 1024)` or `1024`; empty if it is none of these."""
    numbers = re.findall(r"\d{2,5}", text[:40]) if isinstance(text, str) else []
    if not 1 <= len(numbers) <= 2:
        return ""
    return f"{numbers[0]}x{numbers[-1]}"


def sha256(text: object) -> str:
    """A SHA-256 in any usual spelling as 64 hex digits; empty if it is none."""
    digits = text.lower().removeprefix("0x").removeprefix("sha256:") if isinstance(text, str) else ""
    return digits if re.fullmatch(r"[0-9a-f]{64}", digits) else ""
