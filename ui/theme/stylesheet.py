"""What a palette cannot say about ordinary widgets: roundings, paddings and states."""

from __future__ import annotations

from string import Template

from ui.theme.colors import Colors

_SHEET = Template("""
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 8px; }
QMenu { background: $panel; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 4px 24px 4px 16px; border-radius: 4px; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {
    background: $field; color: $text; border: 1px solid $line; border-radius: 4px; padding: 3px 7px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
    border-color: $accent;
}
QPushButton {
    background: $raised; color: $text; border: 1px solid $line; border-radius: 4px; padding: 4px 16px;
}
QPushButton:hover { border-color: $accent; }
QPushButton:default { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton:disabled { color: $text_muted; }
QListView, QTreeView, QTableView { background: $panel; border: none; outline: none; }
QListView::item { padding: 4px 8px; border-radius: 4px; }
QListView::item:hover { background: $field_hover; }
QListView::item:selected { background: $accent; color: $on_accent; }
QDockWidget { color: $text_muted; }
QSplitter::handle, QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $line; border-radius: 4px; margin: 2px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $text_muted; }
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {
    background: none; width: 0; height: 0;
}
""")


def stylesheet(colors: Colors) -> str:
    """The style sheet for `QApplication.setStyleSheet`."""
    return _SHEET.substitute(vars(colors))
