"""Looking at what wires carry: by menu, key and the resting pointer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from ui.bare_canvas.testing import Hand
from ui.canvas.status import Phase
from ui.editing.editing import Editing
from ui.editing.running.look_card import LookCard


@pytest.fixture
def look(editing: Editing, qtbot: QtBot) -> Callable[[str], LookCard]:
    """Presses L on a node and waits for the card."""

    def press(name: str) -> LookCard:
        editing.canvas.setFocus()
        editing.scene.select({name})
        QTest.keyClick(editing.canvas, Qt.Key.Key_L)
        qtbot.waitUntil(lambda: editing.looking.card is not None)
        card = editing.looking.card
        assert card is not None
        return card

    return press


def pictures(card: LookCard) -> list[tuple[int, int]]:
    found = [label.pixmap() for label in card.findChildren(QLabel) if not label.pixmap().isNull()]
    return [(picture.width(), picture.height()) for picture in found]


def near(editing: Editing, node: str) -> Hand:
    """Bring a node into the middle, at 100 %."""
    editing.canvas.look_at(editing.scene.nodes[node].body.center(), 1.0)
    return Hand(editing.canvas)


def hover(editing: Editing, point: QPointF) -> None:
    viewport = editing.canvas.viewport()
    pixel, none = QPointF(editing.canvas.mapFromScene(point)), Qt.MouseButton.NoButton
    where, keys = viewport.mapToGlobal(pixel), Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(viewport, QMouseEvent(QEvent.Type.MouseMove, pixel, where, none, none, keys))


def test_each_kind_of_value_can_be_looked_at(
    editing: Editing, run: Callable[[], None], look: Callable[[str], LookCard], qtbot: QtBot
) -> None:
    run()
    card = look("decode")
    assert (card.text, pictures(card)) == ("128 x 128", [(128, 128)])
    QTest.keyClick(card, Qt.Key.Key_Escape)
    assert editing.looking.card is None
    card = look("sampler")
    assert card.text.startswith("128 x 128\n4 channels from ")
    assert len(pictures(card)) == 1
    card.close()
    card = look("checkpoint")
    assert card.text == "pocket\nCheckpoint: pocket"
    card.close()
    card = look("prompt")
    assert "Encoder 2: 3 tokens of 6 numbers" in card.text
    assert "Text: a red apple" in card.text
    card.close()


def test_what_is_not_computed_says_so_and_is_computed_on_a_click(
    editing: Editing, look: Callable[[str], LookCard], qtbot: QtBot
) -> None:
    card = look("latent")
    assert card.text == "This is not computed yet."
    (button,) = card.findChildren(QPushButton)
    assert button.text() == "Run up to it"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: editing.scene.status("latent").phase is Phase.DONE)
    assert editing.scene.status("sampler").phase is not Phase.DONE
    assert editing.looking.card is None


def test_the_pointer_that_rests_on_a_wire_sees_what_it_carries(
    editing: Editing, run: Callable[[], None], qtbot: QtBot
) -> None:
    hand = near(editing, "decode")
    hover(editing, hand.output("decode", "image"))
    qtbot.wait(700)
    assert editing.looking.card is None, "nothing is computed: a card would only be in the way"
    hover(editing, hand.header("decode"))
    run()
    hover(editing, hand.output("decode", "image"))
    qtbot.waitUntil(lambda: editing.looking.card is not None)
    card = editing.looking.card
    assert card is not None
    assert pictures(card) == [(128, 128)]
    hover(editing, hand.header("decode"))
    assert editing.looking.card is None


def test_the_menu_of_a_wire_looks_at_it(editing: Editing, run: Callable[[], None], qtbot: QtBot) -> None:
    run()
    hand = near(editing, "decode")
    pixel = editing.canvas.mapFromScene(hand.output("decode", "image"))
    reason = QContextMenuEvent.Reason.Mouse
    viewport = editing.canvas.viewport()
    QApplication.sendEvent(viewport, QContextMenuEvent(reason, pixel, viewport.mapToGlobal(pixel)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = (action for action in menu.actions() if action.text() == "Look at what it carries")
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    qtbot.waitUntil(lambda: editing.looking.card is not None)
    card = editing.looking.card
    assert card is not None
    assert card.pinned
    card.close()


def test_a_subgraphs_own_input_shows_where_it_comes_from(
    editing: Editing, run: Callable[[], None], qtbot: QtBot
) -> None:
    run()
    editing.scene.select({"prompt", "negative"})
    editing.group_selection()
    (group,) = editing.selection
    editing.enter(group)
    hand = Hand(editing.canvas)
    outputs = editing.scene.nodes["/inputs"].look.geometry.outputs
    hover(editing, hand.output("/inputs", next(iter(outputs))))
    qtbot.waitUntil(lambda: editing.looking.card is not None)
    card = editing.looking.card
    assert card is not None
    assert card.text == "pocket\nCheckpoint: pocket"
