"""Gestures: each follows the mouse from a press to its release and ends in calls of `CanvasActions`."""
