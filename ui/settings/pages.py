"""Which settings the dialog has, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from nodeflow.cache.standard import DISK_BYTES, MEMORY_BYTES
from nodeflow.folders import BUNDLED_MODELS, Folders
from nodeflow.hardware import Dtype, Mode, Quality
from ui.settings.folder_list import FolderList
from ui.settings.rows import Choice, Choices, FolderLine, Line, Switch

if TYPE_CHECKING:
    from ui.desk import Desk


def _tr(text: str) -> str:
    return QCoreApplication.translate("Settings", text)


@dataclass(frozen=True)
class Setting:
    """One setting.

    Attributes:
        name: In `settings.toml`, as in `run.quality`; of the editor's own, in `editor.ini`.
        title: What people read.
        field: Changes it: has `show_value` and `chosen`.
        hint: A sentence about it.
        own: Whether it is the editor's own, in `editor.ini`.
        usual: What it is if nothing is written; only for the editor's own.
    """

    name: str
    title: str
    field: Any
    hint: str = ""
    own: bool = False
    usual: Any = None

    @property
    def widget(self) -> QWidget:
        """The field as a widget."""
        found: QWidget = self.field
        return found


def _automatic() -> tuple[str, None]:
    return _tr("Automatic"), None


def computing() -> list[Setting]:
    """How pictures are computed."""
    devices: Choices = (_automatic(), ("CPU", "cpu"))
    quality: Choices = (
        _automatic(),
        (_tr("Exact: as the reference"), Quality.EXACT.value),
        (_tr("Balanced: faster, hardly visible"), Quality.BALANCED.value),
        (_tr("Fast: a keen eye may see it"), Quality.FAST.value),
    )
    modes: Choices = (
        _automatic(),
        (_tr("All on the device"), Mode.FULL.value),
        (_tr("In RAM, on the device for its turn"), Mode.MODEL_OFFLOAD.value),
        (_tr("Read from disk for its turn"), Mode.RELOAD.value),
        (_tr("Layer by layer from RAM, ahead"), Mode.GROUP_OFFLOAD.value),
        (_tr("Layer by layer from RAM"), Mode.SEQUENTIAL.value),
        (_tr("Layer by layer from disk"), Mode.DISK.value),
    )
    precision: Choices = (
        _automatic(),
        (_tr("32 bits"), Dtype.FP32.value),
        (_tr("16 bits (fp16)"), Dtype.FP16.value),
        (_tr("16 bits (bf16)"), Dtype.BF16.value),
    )
    narrow: Choices = (_automatic(), (_tr("Always"), True), (_tr("Never"), False))
    return [
        Setting("run.device", _tr("Device"), Choice(devices), _tr("What computes pictures.")),
        Setting("run.quality", _tr("Quality"), Choice(quality), _tr("How far speed may cost faithfulness.")),
        Setting(
            "run.mode", _tr("Memory mode"), Choice(modes), _tr("Where the weights of the largest part are.")
        ),
        Setting("run.dtype", _tr("Precision"), Choice(precision), _tr("Where it is safe.")),
        Setting("run.eight_bit", _tr("Weights in 8 bits"), Choice(narrow), _tr("Halves their memory.")),
    ]


def folders(desk: Desk) -> list[Setting]:
    """Where things lie, and how much is kept."""
    usual = desk.usual_folders()
    return [
        Setting(
            "folders.models",
            _tr("Models"),
            FolderList(str(_first(usual))),
            _tr("With folders such as checkpoints and loras inside. The first goes before the others."),
        ),
        Setting(
            "folders.output", _tr("Pictures"), FolderLine(str(usual.output)), _tr("Where pictures are saved.")
        ),
        Setting(
            "folders.cache",
            _tr("Cache"),
            FolderLine(str(usual.cache)),
            _tr("Where results are kept to be used again."),
        ),
        Setting(
            "cache.disk",
            _tr("Cache on disk"),
            Line(_size(DISK_BYTES)),
            _tr("The most that results may take on the disk, such as 50GB."),
        ),
        Setting(
            "cache.memory",
            _tr("Cache in memory"),
            Line(_size(MEMORY_BYTES)),
            _tr("The most that results may take in memory, such as 500MB."),
        ),
    ]


def _first(usual: Folders) -> Any:
    return next(path for path in usual.models if path != BUNDLED_MODELS)


def _size(nbytes: int) -> str:
    return f"{nbytes // 10**9}GB"


def editor() -> list[Setting]:
    """How the editor looks and behaves."""
    from ui.translations import languages

    themes: Choices = ((_tr("As the system"), "system"), (_tr("Dark"), "dark"), (_tr("Light"), "light"))
    tongues: Choices = ((_tr("As the system"), ""), *((found.name, found.code) for found in languages()))
    return [
        Setting("theme", _tr("Theme"), Choice(themes), own=True, usual="system"),
        Setting(
            "language", _tr("Language"), Choice(tongues), _tr("From the next start on."), own=True, usual=""
        ),
        Setting(
            "notify",
            _tr("When a run is over"),
            Switch(_tr("Tell me while another window is in front")),
            own=True,
            usual=True,
        ),
        Setting(
            "restore", _tr("At the start"), Switch(_tr("Open the files of last time")), own=True, usual=True
        ),
    ]
