"""What an editing session told, and a hand that works on it."""

from __future__ import annotations

import pytest

from ui.bare_canvas.testing import Hand
from ui.editing.editing import Editing
from ui.editing.testing import Told


@pytest.fixture
def told(editing: Editing) -> Told:
    return Told(editing)


@pytest.fixture
def hand(editing: Editing) -> Hand:
    return Hand(editing.canvas)
