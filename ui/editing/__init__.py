"""One open document on its canvas: gestures and commands become edits, and the canvas follows."""
