"""Editing a value on the canvas: one shared editor that appears over the field."""
