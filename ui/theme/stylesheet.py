"""What a palette cannot say about ordinary widgets: roundings, paddings and states."""

from __future__ import annotations

from string import Template

from ui.theme.colors import Colors

_SHEET = Template("""
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px 8px; }
QMenu { background: $panel; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 4px 24px 4px 8px; border-radius: 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:disabled { color: $text_faint; }
QMenu::item:selected { background: $accent; color: $on_accent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {
    background: $field; color: $text; border: 1px solid $line; border-radius: 4px; padding: 3px 7px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
    border-color: $accent;
}
QComboBox::drop-down { border: none; width: 20px; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QPushButton {
    background: $raised; color: $text; border: 1px solid $line; border-radius: 4px; padding: 4px 16px;
}
QPushButton:hover { border-color: $accent; }
QPushButton:default { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton:disabled { color: $text_muted; }
QPushButton:default:disabled { background: $fill; color: $text_faint; border-color: $fill; }
QSpinBox::up-button, QSpinBox::down-button { width: 0; border: none; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QPushButton#segment { padding: 4px; }
QPushButton:checked { background: $fill; border-color: $accent; }
QPushButton#short { padding: 3px 8px; }
QPushButton#jump { background: transparent; text-align: left; padding: 3px 6px; }
QListView, QTreeView, QTableView { background: $panel; border: none; outline: none; }
QListView#boxed { background: $field; border: 1px solid $line; border-radius: 4px; padding: 2px; }
QTabWidget::pane { border: none; border-top: 1px solid $line; }
QListView::item { padding: 4px 8px; border-radius: 4px; }
QListView::item:hover { background: $field_hover; }
QListView::item:selected { background: $accent; color: $on_accent; }
#docktitle { background: $panel; }
#docktitle QLabel { color: $text_muted; }
QMainWindow, QStatusBar { background: $panel; }
QMenuBar { background: $panel; border: none; padding: 2px 4px; }
QMenuBar::item { padding: 4px 8px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $raised; }
QMenuBar::item:pressed { background: $accent; color: $on_accent; }
QToolBar { background: $panel; border: none; border-bottom: 1px solid $line; padding: 2px 4px; spacing: 2px; }
QToolBar::separator { background: $line; width: 1px; margin: 6px 6px; }
QToolButton { border: none; border-radius: 4px; padding: 5px; color: $text; }
QToolButton:hover { background: $raised; }
QToolButton:pressed, QToolButton:checked { background: $fill; }
QToolButton#run { background: $accent; color: $on_accent; font-weight: 600; padding: 5px 14px 5px 8px; }
QToolButton#run { border-top-right-radius: 0; border-bottom-right-radius: 0; }
QToolButton#runmore { background: $accent; padding: 7px 4px; border-left: 1px solid $panel; }
QToolButton#runmore { border-top-left-radius: 0; border-bottom-left-radius: 0; margin-left: -2px; }
QToolButton#runmore::menu-indicator { image: none; }
QToolButton#run:disabled, QToolButton#runmore:disabled { background: $fill; color: $text_faint; }
QToolButton#section { padding: 4px 0; }
QToolButton#status { padding: 2px 8px; color: $text_muted; }
QStatusBar { border-top: 1px solid $line; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $text_muted; padding-left: 8px; }
QTabBar { background: $panel; }
QTabBar::tab {
    background: transparent; color: $text_muted; padding: 6px 12px; border: none;
    border-bottom: 2px solid transparent;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
#tabrow { border-bottom: 1px solid $line; }
#breadcrumb { background: $panel; border-bottom: 1px solid $line; }
#breadcrumb QToolButton { padding: 4px 6px; color: $text_muted; }
#breadcrumb QToolButton#here { color: $text; }
#popup { background: $panel; border: 1px solid $line; border-radius: 6px; }
#popup QListView { background: transparent; }
#popup QLineEdit#search { font-size: 14px; padding: 5px 8px; }
#form, #start, #startpage { background: $window; border: none; }
QLabel#display { font-size: 24px; font-weight: 600; }
QLabel#large { font-size: 16px; font-weight: 600; }
QLabel#heading { font-weight: 600; }
QLabel#strong { font-weight: 600; }
QLabel#muted { color: $text_muted; font-size: 12px; }
QLabel#warning { color: $warning; font-size: 12px; }
QFrame#row { background: $raised; border: 1px solid $line; border-radius: 6px; }
QPushButton#big { padding: 8px 20px; }
QPushButton#recent { border: none; background: transparent; text-align: left; padding: 0; }
QPushButton#recent:hover, QPushButton#recent:focus { background: $raised; }
QPushButton#card { background: $raised; border: 1px solid $line; border-radius: 6px; padding: 0; }
QPushButton#card:hover, QPushButton#card:focus { border-color: $accent; }
QPushButton#quiet { border: none; background: transparent; color: $accent; padding: 4px 0; text-align: left; }
QPushButton#quiet:hover, QPushButton#quiet:focus { text-decoration: underline; }
QTextBrowser { background: $panel; padding: 8px 16px; }
QHeaderView::section {
    background: $panel; color: $text_muted; border: none; border-bottom: 1px solid $line; padding: 4px 8px;
}
QTableView::item { padding: 2px 6px; }
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
    faint = "#6c737d" if colors.dark else "#9aa2ad"  # what cannot be chosen need not be read
    return _SHEET.substitute(vars(colors), text_faint=faint)
