"""Downloading a model that a workflow names, from a hub on this machine: only when somebody agrees."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from huggingface_hub import constants
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox
from pytestqt.qtbot import QtBot
from safetensors.numpy import save

from nodeflow.document.files import load_workflow
from nodeflow.errors import MissingFile
from nodeflow.models.hub import downloaded, hub_cache
from nodeflow.models.hub_download import Download
from tests.models.hub_server import Hub, serving
from ui.document import edits
from ui.editing.editing import Editing
from ui.models import download_dialog
from ui.models.download_dialog import DownloadDialog
from ui.panels.fixes import fixes

NAME = "somebody/small-sdxl"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    index = {"_class_name": "StableDiffusionXLPipeline", "unet": ["diffusers", "UNet2DConditionModel"]}
    weights = "unet/diffusion_pytorch_model{}.safetensors"
    files = {
        "model_index.json": json.dumps(index).encode(),
        "unet/config.json": b"{}",
        weights.format(""): save({"down_blocks.0.x": np.zeros(2_000_000, np.float32)}),
        weights.format(".fp16"): save({"down_blocks.0.x": np.zeros(2_000_000, np.float16)}),
    }
    with serving(NAME, files) as server:
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(hub_cache()))
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        yield server


@pytest.fixture
def ask(qtbot: QtBot) -> Iterator[Callable[[], tuple[DownloadDialog, list[str]]]]:
    """Opens the dialog; the list tells when the model is here."""
    opened: list[DownloadDialog] = []

    def open_dialog() -> tuple[DownloadDialog, list[str]]:
        here: list[str] = []
        dialog = DownloadDialog(NAME, lambda: here.append(NAME))
        opened.append(dialog)
        dialog.open()
        return dialog, here

    yield open_dialog
    for dialog in opened:
        dialog.close()
        dialog.deleteLater()


Ask = Callable[[], tuple[DownloadDialog, list[str]]]


def click(dialog: DownloadDialog, *, cancel: bool = False) -> None:
    (box,) = dialog.findChildren(QDialogButtonBox)
    button = box.button(QDialogButtonBox.StandardButton.Cancel) if cancel else dialog.agree
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def said(dialog: DownloadDialog) -> str:
    return dialog.words.text().replace("\u200b", "")


def test_a_named_model_that_is_not_here_can_be_downloaded(
    hub: Hub, qtbot: QtBot, open_editing: Callable[..., Editing]
) -> None:
    workflow = edits.set_input(load_workflow("text_to_image"), "checkpoint.checkpoint", NAME)
    editing = open_editing(workflow)
    (fault,) = editing.faults.all
    offers = {fix.text: fix for fix in fixes(editing, fault)}
    offers["Download it…"].do()
    (dialog,) = (one for one in QApplication.topLevelWidgets() if isinstance(one, DownloadDialog))
    qtbot.waitUntil(dialog.agree.isEnabled)
    assert hub.served == 0, "nothing before somebody agrees"
    assert "Download 4 MB" in dialog.agree.text()
    with qtbot.waitSignal(dialog.finished, timeout=30_000):
        click(dialog)
    folder = downloaded(NAME)
    assert folder is not None
    assert [file.name for file in folder.glob("unet/*.safetensors")] == [
        "diffusion_pytorch_model.fp16.safetensors"
    ]
    editing.faults.look()
    assert not editing.faults.all


def test_full_precision_may_be_chosen(hub: Hub, qtbot: QtBot, ask: Ask) -> None:
    dialog, here = ask()
    qtbot.waitUntil(dialog.agree.isEnabled)
    assert [dialog.choice.itemText(place) for place in range(2)] == [
        "Half precision, 4 MB",
        "Full precision, 8 MB",
    ]
    dialog.choice.setCurrentIndex(1)
    assert dialog.agree.text() == "Download 8 MB"
    click(dialog)
    qtbot.waitUntil(lambda: here == [NAME])
    assert hub.served > 8_000_000


def test_without_consent_nothing_is_downloaded(hub: Hub, qtbot: QtBot, ask: Ask) -> None:
    dialog, here = ask()
    qtbot.waitUntil(dialog.agree.isEnabled)
    click(dialog, cancel=True)
    assert (hub.served, here, downloaded(NAME)) == (0, [], None)


def test_offline_it_says_so(qtbot: QtBot, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    dialog, _ = ask()
    qtbot.waitUntil(lambda: "HF_HUB_OFFLINE is set" in said(dialog))
    assert not dialog.agree.isEnabled()


def test_what_breaks_off_can_go_on(qtbot: QtBot, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each try is told how far it is; one is stopped by closing the dialog."""
    tries: list[str] = []

    def plan(name: str, variant: str, **_: object) -> Download:
        return Download(name, (f"{variant}.safetensors",), 2_000_000, 1_000_000)

    def fetch(_: Download, progress: Callable[[int, int], object], **__: object) -> None:
        tries.append("begun")
        progress(1_500_000, 2_000_000)
        if len(tries) == 1:
            raise MissingFile("it broke off", advice="Try again")
        while True:  # until it is stopped
            progress(1_600_000, 2_000_000)
            time.sleep(0.01)

    monkeypatch.setattr(download_dialog, "plan_download", plan)
    monkeypatch.setattr(download_dialog, "download", fetch)
    dialog, here = ask()
    qtbot.waitUntil(dialog.agree.isEnabled)
    click(dialog)
    qtbot.waitUntil(lambda: dialog.agree.text() == "Try again")
    assert "it broke off" in said(dialog)
    click(dialog)
    qtbot.waitUntil(lambda: "2 MB of 2 MB" in said(dialog))
    assert dialog.progress.value() == 800
    click(dialog, cancel=True)
    assert (len(tries), here) == (2, [])
