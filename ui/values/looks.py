"""Measures that all editors of values share."""

from __future__ import annotations

HEIGHT = 26
"""Of a field of one line."""
PAD = 10
"""Between a field's edge and its text, as in a line edit."""
ROUND = 4.0
"""Of a field's corners."""
