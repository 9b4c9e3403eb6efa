"""The canvas by itself, without a window or an open document: to look at, to measure and to test."""
