"""Both palettes can be read, and sockets can be told apart without seeing all colours."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from ui.canvas.shapes import socket_path
from ui.theme import DARK, LIGHT, Colors, glyph
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


@pytest.mark.parametrize("name", ["Schedule", "Noise", "Guidance"])
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


def test_icons_are_there(qapp: QApplication) -> None:
    for name in ("caret-down", "cube", "shuffle", "lock-simple-fill", "lightning-fill", "play-circle"):
        assert len(glyph(name)) == 1
    with pytest.raises(KeyError):
        glyph("no-such-icon")
    assert qapp.styleHints().colorScheme() in Qt.ColorScheme
