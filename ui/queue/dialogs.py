"""The dialogs that ask how often, or over what, a workflow is to be run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from nodeflow.document.values import JSONValue
from nodeflow.errors import NodeflowError
from nodeflow.execution.variations import lines_of, pictures_in, read_lines
from ui.canvas.fields import label_text
from ui.queue.batches import Changes, Place, over_values, with_new_seeds
from ui.theme.metrics import SPACE
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.parts import Words, row

Asked = Callable[[list[Changes], tuple[Path, ...]], object]
"""Takes what each job does differently, and folders that they may read from."""
Places = Sequence[Place]
MOST = 1_000
WIDTH = 460


class BatchDialog(QDialog):
    """Asks for many jobs of one workflow.

    Args:
        title: What for.
        seeds: All seeds of the workflow.
        asked: Takes the jobs.
        parent: The window.

    Attributes:
        add: The button that puts the jobs into the queue.
        words: What stands in the way, if anything does.
    """

    def __init__(self, title: str, seeds: Places, asked: Asked, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._seeds, self._asked = seeds, asked
        self.words = Words("", "warning")
        self.form = QFormLayout()
        self.form.setSpacing(SPACE.one)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.add: QPushButton = buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        self.add.setDefault(True)
        buttons.accepted.connect(self._take)
        buttons.rejected.connect(self.reject)
        box = QVBoxLayout(self)
        box.setContentsMargins(SPACE.three, SPACE.two, SPACE.three, SPACE.two)
        box.setSpacing(SPACE.two)
        box.addLayout(self.form)
        box.addWidget(self.words)
        box.addStretch(1)
        box.addWidget(buttons)
        self.setMinimumWidth(WIDTH)

    def values(self) -> list[JSONValue]:
        """What each job takes.

        Raises:
            NodeflowError: If that cannot be read.
        """
        raise NotImplementedError

    def jobs(self) -> list[Changes]:
        """What each job does differently.

        Raises:
            NodeflowError: If something that is needed cannot be read.
        """
        raise NotImplementedError

    def folders(self) -> tuple[Path, ...]:
        """Folders that the jobs may read from."""
        return ()

    def follow(self) -> None:
        """Say how many jobs there would be, or why there can be none."""
        try:
            count, fault = self.count(), ""
        except NodeflowError as error:
            count, fault = 0, str(error)
        self.words.say(fault)
        self.add.setEnabled(0 < count <= MOST)
        if count > MOST:
            self.words.say(self.tr("That is more than {0} jobs: ask for fewer at once.").format(MOST))
        one, many = self.tr("Add 1 job"), self.tr("Add {0} jobs")
        self.add.setText((one if count == 1 else many).format(count) if count else self.tr("Add jobs"))

    def count(self) -> int:
        """How many jobs there would be.

        Raises:
            NodeflowError: If something that is needed cannot be read.
        """
        return len(self.values())

    def _take(self) -> None:
        try:
            jobs = self.jobs()
        except NodeflowError as error:  # it was there a moment ago
            self.words.say(str(error))
            return
        self.accept()
        self._asked(jobs, self.folders())


class RepeatDialog(BatchDialog):
    """Asks how often, and what happens to the seeds.

    Attributes:
        times: How often.
        mode: Whether seeds are drawn or count up.
    """

    def __init__(self, seeds: Places, asked: Asked, parent: QWidget) -> None:
        super().__init__(self.tr("Repeat"), seeds, asked, parent)
        self.times, self.mode = QSpinBox(), ChoiceBox()
        self.times.setRange(1, MOST)
        self.times.setValue(4)
        self.times.lineEdit().setTextMargins(SPACE.one, 0, SPACE.one, 0)
        self.mode.addItems([self.tr("New ones, at random"), self.tr("Count up from what they are")])
        self.form.addRow(self.tr("Times"), self.times)
        self.form.addRow(self.tr("Seeds"), self.mode)
        self.times.valueChanged.connect(lambda _number: self.follow())
        self.follow()
        self.times.selectAll()

    def count(self) -> int:
        """As often as asked."""
        return self.times.value() if self._seeds else 0

    def follow(self) -> None:
        """Without a seed there is nothing to repeat."""
        super().follow()
        if not self._seeds:
            self.words.say(
                self.tr("This workflow has no seed that could change: every picture would be the same.")
            )

    def jobs(self) -> list[Changes]:
        """Each has its own seeds."""
        return with_new_seeds(self._seeds, self.times.value(), counting=self.mode.currentIndex() == 1)


class ListDialog(BatchDialog):
    """Asks for an input, and what it takes in turn.

    Args:
        title: What for.
        places: The inputs to choose from, at least one.
        seeds: All seeds of the workflow.
        asked: Takes the jobs.
        parent: The window.

    Attributes:
        input: The input.
    """

    def __init__(self, title: str, places: Places, seeds: Places, asked: Asked, parent: QWidget) -> None:
        super().__init__(title, seeds, asked, parent)
        self._places = places
        self.input = ChoiceBox()
        for place in places:
            node, _, name = place.path.rpartition(".")
            self.input.addItem(f"{node} · {label_text(name)}")
        self.form.addRow(self.tr("Input"), self.input)

    @property
    def place(self) -> Place:
        """The input that was chosen."""
        return self._places[self.input.currentIndex()]

    def jobs(self) -> list[Changes]:
        """Each takes another value."""
        return over_values(self.place, self.values(), self._seeds)


class PromptsDialog(ListDialog):
    """Asks for prompts, one on each line.

    Attributes:
        text: The lines.
    """

    def __init__(self, places: Sequence[Place], seeds: Places, asked: Asked, parent: QWidget) -> None:
        super().__init__(self.tr("Run over a list of prompts"), places, seeds, asked, parent)
        self.text = QPlainTextEdit()
        self.text.setPlaceholderText(self.tr("One prompt on each line"))
        self.text.setAccessibleName(self.tr("Prompts, one on each line"))
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(180)
        self.read = QPushButton(self.tr("From a file…"))
        self.read.setAutoDefault(False)
        self.read.clicked.connect(self._choose)
        self.form.addRow(self.tr("Prompts"), self.text)
        self.form.addRow("", row(self.read, 1))
        self.text.textChanged.connect(self.follow)
        self.follow()
        self.text.setFocus()

    def _choose(self) -> None:
        kinds = self.tr("Texts (*.txt);;All files (*)")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Prompts, one on each line"), "", kinds)
        if name:
            self.read_file(Path(name))

    def read_file(self, path: Path) -> None:
        """Take the lines of a file."""
        try:
            self.text.setPlainText("\n".join(read_lines(path)))
        except NodeflowError as error:
            self.words.say(str(error))

    def values(self) -> list[JSONValue]:
        """The lines that hold something."""
        return list(lines_of(self.text.toPlainText()))


class PicturesDialog(ListDialog):
    """Asks for a folder of pictures.

    Attributes:
        folder: Where they lie.
    """

    def __init__(self, places: Sequence[Place], seeds: Places, asked: Asked, parent: QWidget) -> None:
        super().__init__(self.tr("Run over a folder of pictures"), places, seeds, asked, parent)
        self.folder = QLineEdit()
        self.folder.setPlaceholderText(self.tr("A folder"))
        self.folder.setMinimumWidth(WIDTH // 2)
        self.choose = QPushButton(self.tr("Choose…"))
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._choose)
        line = row(self.folder, self.choose)
        label = QLabel(self.tr("Folder"))
        label.setBuddy(self.folder)
        self.form.addRow(label, line)
        self.folder.textChanged.connect(lambda _text: self.follow())
        self.follow()
        self.folder.setFocus()

    def _choose(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder of pictures"), self.folder.text())
        if name:
            self.folder.setText(name)

    @property
    def _path(self) -> Path:
        return Path(self.folder.text().strip()).expanduser().absolute()

    def values(self) -> list[JSONValue]:
        """The pictures by name; none while no folder is given."""
        return [str(path) for path in pictures_in(self._path)] if self.folder.text().strip() else []

    def folders(self) -> tuple[Path, ...]:
        """Who chose the folder may read from it."""
        return (self._path,)
