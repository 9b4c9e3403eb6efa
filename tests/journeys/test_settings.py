"""The settings and the keys, by hand: a change is kept at once, and what is wrong is said beside it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from tests.journeys.hand import Hand
from ui.keys.dialog import KeysDialog
from ui.settings.dialog import SettingsDialog
from ui.window.main_window import MainWindow
from ui.window.testing import folders_in


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is needed, and no variable of the tests goes before a setting."""
    monkeypatch.delenv("NODEFLOW_CACHE_DIR")


def opened(window: MainWindow, hand: Hand, keys: str, kind: type[QWidget]) -> QWidget:
    """Press keys that open a dialog, and wait for it."""
    hand.key(keys)
    hand.until(lambda: bool(window.findChildren(kind)), "the dialog is there")
    (dialog,) = window.findChildren(kind)
    hand.until(dialog.isActiveWindow, "the dialog is in front")
    hand.rest()
    return dialog


def settings_file(home: Path) -> dict[str, dict[str, str]]:
    """What is kept in `settings.toml`."""
    return tomllib.loads((folders_in(home).config / "settings.toml").read_text("utf-8"))


def test_settings_are_kept_as_they_are_changed(window: MainWindow, hand: Hand, home: Path) -> None:
    dialog = opened(window, hand, "ctrl+comma", SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    hand.click(dialog.fields["run.quality"])
    hand.key("Down", "Down", "Return")
    hand.until(lambda: dialog.state.text() != "", "it says that it is kept")
    assert settings_file(home)["run"]["quality"] == "balanced"
    hand.shot("settings", dialog, window.desk.theme)

    tabs = dialog.pages.tabBar()
    hand.click(tabs, tabs.tabRect(1).center())
    size = dialog.fields["cache.disk"]
    hand.click(size)
    hand.type("a lot")
    hand.key("Tab")
    note = dialog.rows["cache.disk"].note
    hand.until(lambda: "a lot" in note.text(), "what is wrong is said beside it")
    assert "cache" not in settings_file(home), "and not kept"
    hand.shot("settings_wrong", dialog)
    hand.click(size)
    hand.key("ctrl+a")
    hand.type("50GB")
    hand.key("Tab")
    hand.until(lambda: settings_file(home).get("cache", {}).get("disk") == "50GB", "it is kept")

    hand.click(tabs, tabs.tabRect(2).center())
    before = window.desk.theme.theme.colors.dark
    hand.click(dialog.fields["theme"])
    hand.key("Home", "Down", "Down", "Return")
    hand.until(lambda: window.desk.theme.theme.colors.dark is not before, "the theme changes at once")
    hand.shot("settings_editor", dialog)
    hand.key("Escape")
    hand.until(lambda: not window.findChildren(SettingsDialog), "it is closed")


def test_a_key_is_given_to_another_command(window: MainWindow, hand: Hand) -> None:
    dialog = opened(window, hand, "ctrl+slash", KeysDialog)
    assert isinstance(dialog, KeysDialog)
    keys = window.board.keys
    hand.click(dialog.line)
    hand.type("minimap")
    shown = [row for row in range(dialog.table.rowCount()) if not dialog.table.isRowHidden(row)]
    assert len(shown) == 1
    usual = keys.of("view.minimap")
    hand.click(dialog.recorder)
    hand.key("ctrl+p")
    hand.until(dialog.use.isVisible, "it says whose key that is")
    hand.shot("keys", dialog, window.desk.theme)
    hand.click(dialog.use)
    assert keys.of("view.minimap") == (*usual, "Ctrl+P")
    assert "Ctrl+P" not in keys.of("view.gallery")
    hand.click(dialog.reset_all)
    assert "Ctrl+P" in keys.of("view.gallery")
    hand.key("Escape")
    hand.until(lambda: not window.findChildren(KeysDialog), "it is closed")
