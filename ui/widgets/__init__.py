"""Widgets and ways of laying out that all parts of the window share."""
