"""Both palettes can be read, and sockets can be told apart without seeing all colours."""

from __future__ import annotations

import itertools
from typing import cast

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ui.canvas.shapes import socket_path
from ui.theme import DARK, LIGHT, Colors, ThemeKeeper, glyph
from ui.theme.contrast import DEFICIENCIES, contrast, difference
from ui.theme.qt_palette import qt_palette
from ui.theme.socket_style import STYLES
from ui.theme.stylesheet import stylesheet

PALETTES = pytest.mark.parametrize("colors", [DARK, LIGHT], ids=["dark", "light"])
SURFACES = ("window", "panel", "raised", "node", "header", "field", "field_hover", "fill")


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@PALETTES
@pytest.mark.parametrize("text", ["text", "text_muted"])
def test_text_can_be_read_on_every_surface(colors: Colors, text: str) -> None:
    ratios = {name: contrast(getattr(colors, text), getattr(colors, name)) for name in SURFACES}
    assert min(ratios.values()) >= 4.5, ratios


@PALETTES
def test_what_colours_say_can_be_read(colors: Colors) -> None:
    assert contrast(colors.on_accent, colors.accent) >= 4.5
    for name in ("error", "warning", "success", "accent"):
        assert contrast(getattr(colors, name), colors.node) >= 4.5, name


@PALETTES
def test_sockets_stand_out_from_nodes_and_canvas(colors: Colors) -> None:
    for name, style in STYLES.items():
        color = style.dark if colors.dark else style.light
        assert min(contrast(color, colors.node), contrast(color, colors.canvas)) >= 3, name


def test_every_socket_type_has_a_shape_of_its_own() -> None:
    assert len({style.shape for style in STYLES.values()}) == len(STYLES)


@pytest.mark.parametrize("name", ["Schedule", "Noise", "Guidance", "Solver"])
def test_what_steers_a_sampler_looks_unlike_sockets_of_any_type(name: str) -> None:
    assert STYLES[name] != STYLES["Any"]
    assert not socket_path(STYLES[name].shape).isEmpty()


@PALETTES
@pytest.mark.parametrize("deficiency", [None, *DEFICIENCIES])
def test_socket_colours_differ_for_every_eye(colors: Colors, deficiency: str | None) -> None:
    used = {name: style.dark if colors.dark else style.light for name, style in STYLES.items()}
    gaps = {
        pair: difference(used[pair[0]], used[pair[1]], deficiency) for pair in itertools.combinations(used, 2)
    }
    assert min(gaps.values()) > 10, min(gaps.items(), key=lambda item: item[1])


@PALETTES
def test_style_reaches_widgets(qtbot: QtBot, colors: Colors) -> None:
    line = QLineEdit()
    qtbot.addWidget(line)
    line.setPalette(qt_palette(colors))
    line.setStyleSheet(stylesheet(colors))
    line.show()
    middle = line.grab().toImage().pixelColor(line.width() // 2, line.height() // 2)
    assert middle.name() == colors.field


class System(QObject):
    """An application on a desktop whose colours change; the platform of the tests never says so."""

    colorSchemeChanged = Signal(object)  # noqa: N815 - Qt's name

    def __init__(self) -> None:
        super().__init__()
        self.scheme, self.window = Qt.ColorScheme.Light, ""

    def styleHints(self) -> System:  # noqa: N802
        return self

    def colorScheme(self) -> Qt.ColorScheme:  # noqa: N802
        return self.scheme

    def change(self, scheme: Qt.ColorScheme) -> None:
        self.scheme = scheme
        self.colorSchemeChanged.emit(scheme)

    def setPalette(self, palette: QPalette) -> None:  # noqa: N802
        self.window = palette.window().color().name()

    def setStyle(self, _name: str) -> None:  # noqa: N802
        pass

    def setFont(self, _font: QFont) -> None:  # noqa: N802
        pass

    def setStyleSheet(self, _text: str) -> None:  # noqa: N802
        pass


def test_the_theme_follows_the_system_until_one_is_chosen(qapp: QApplication) -> None:
    system = System()
    keeper = ThemeKeeper(cast(QApplication, system))  # all that it uses is there
    told: list[bool] = []
    keeper.changed.connect(lambda theme: told.append(theme.colors.dark))
    dark, light = (qt_palette(colors).window().color().name() for colors in (DARK, LIGHT))
    assert system.window == light
    system.change(Qt.ColorScheme.Dark)
    assert (system.window, told) == (dark, [True])
    keeper.choose(dark=True)
    system.change(Qt.ColorScheme.Light)
    assert system.window == dark, "a chosen theme stays"
    keeper.choose(None)
    assert (system.window, told) == (light, [True, False])


def test_icons_are_there(qapp: QApplication) -> None:
    for name in ("caret-down", "cube", "shuffle", "lock-simple-fill", "lightning-fill", "play-circle"):
        assert len(glyph(name)) == 1
    with pytest.raises(KeyError):
        glyph("no-such-icon")
    assert qapp.styleHints().colorScheme() in Qt.ColorScheme
