"""Panels beside the canvas: inspector, app panel, outline, problems, bookmarks."""
