"""The canvas: draws a workflow and turns gestures into calls of `CanvasActions`. It owns no truth."""
