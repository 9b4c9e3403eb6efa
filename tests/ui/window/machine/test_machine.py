"""What this computer can do, in plain words: for all kinds of machines, at the first start and later."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nodeflow.backends.fake import FakeBackend
from nodeflow.execution.job import Runner
from nodeflow.hardware import Device, DeviceKind, Dtype, HardwareProfile, Wishes, report
from ui.machine.dialog import MachineDialog
from ui.machine.words import gigabytes, machine_words, placement_words
from ui.running.testing import fake_runner
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in, open_window

GB = 10**9
HALVES, ALL = (Dtype.BF16, Dtype.FP16), (Dtype.BF16, Dtype.FP16, Dtype.FP32)


def cpu(free: float = 28) -> Device:
    only = (Dtype.FP32,)
    return Device(DeviceKind.CPU, "Ryzen 5", 32 * GB, int(free * GB), only, only, unified=True)


def card(gb: float, kind: DeviceKind = DeviceKind.CUDA, name: str = "GTX 1650") -> Device:
    return Device(kind, name, int(gb * GB), int((gb - 0.5) * GB), HALVES, ALL)


def words(*devices: Device) -> tuple[str, str]:
    told = report(HardwareProfile(devices, 8), Wishes()).to_json()
    return " ".join(machine_words(told)), " ".join(placement_words(told))


def test_a_small_card_moves_parts() -> None:
    machine, pictures = words(card(4), cpu())
    assert machine.startswith("Your NVIDIA card (GTX 1650) has 4 GB of memory; 3.5 GB of it are free now.")
    assert "1024 \N{MULTIPLICATION SIGN} 1024 takes" in pictures
    assert "of the 3.5 GB that are free" in pictures
    assert "comes to the card layer by layer" in pictures or "move to the card" in pictures
    assert "16 bits" in pictures
    assert "predictions" not in pictures


def test_what_nobody_has_run_is_called_a_prediction() -> None:
    assert "predictions" in words(card(16, DeviceKind.ROCM), cpu())[1]


def test_a_large_card_keeps_all() -> None:
    assert "all parts of the model stay loaded" in words(card(24, name="RTX 4090"), cpu())[1]


def test_without_a_card_the_processor_computes() -> None:
    machine, pictures = words(cpu())
    assert machine.startswith("No graphics card was found")
    assert "Ryzen 5) has 8 cores; 28 GB of 32 GB" in machine
    assert "32 bits" in pictures


def test_what_does_not_fit_says_how_much_is_missing() -> None:
    pictures = words(cpu(free=0.01))[1]
    assert "does not fit" in pictures
    assert "more would have to be free" in pictures


@pytest.mark.parametrize(
    ("kind", "text"), [(DeviceKind.ROCM, "AMD card"), (DeviceKind.XPU, "Intel"), (DeviceKind.METAL, "Mac")]
)
def test_every_kind_of_card_is_named(kind: DeviceKind, text: str) -> None:
    assert text in words(card(16, kind), cpu())[0]


def test_memory_is_told_as_it_is_sold() -> None:
    assert [gigabytes(size * GB) for size in (4, 11.44, 0.5)] == ["4 GB", "11.4 GB", "0.5 GB"]


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    """A window at its first start, on a machine with a small card."""

    def make() -> Runner:
        runner = fake_runner(folders_in(tmp_path), FakeBackend())
        runner.profile = HardwareProfile((card(4), cpu()), 8)
        return runner

    with open_window(tmp_path, make_runner=make) as window:
        yield window


def test_the_first_start_says_what_the_computer_can_do(window: MainWindow, qtbot: QtBot) -> None:
    card = window.pages.start.machine
    qtbot.waitUntil(lambda: "GTX 1650" in card.text)
    assert "An SDXL picture" in card.text
    QTest.mouseClick(card.shut, Qt.MouseButton.LeftButton)
    assert not card.isVisible()
    window.help.introduce()
    assert not card.isVisible(), "it is over for good"


def test_the_page_tells_more_and_copies_the_details(window: MainWindow, qtbot: QtBot) -> None:
    QTest.mouseClick(window.pages.start.machine.more, Qt.MouseButton.LeftButton)
    (dialog,) = window.findChildren(MachineDialog)
    qtbot.waitUntil(lambda: "GTX 1650" in dialog.text)
    assert "What would change it" in dialog.text
    details, copy = (
        next(b for b in dialog.findChildren(QPushButton) if b.text() == text) for text in ("Details", "Copy")
    )
    QTest.mouseClick(details, Qt.MouseButton.LeftButton)
    assert dialog.details.isVisible()
    QTest.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text().startswith("Devices (8 CPU cores)" + os.linesep[-1])
    dialog.close()


def test_without_anything_that_computes_it_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    with open_window(tmp_path) as window:
        assert not window.pages.start.machine.isVisible()
        window.help.show_machine()
        (dialog,) = window.findChildren(MachineDialog)
        assert "has not started yet" in dialog.text
        dialog.close()
