"""The workflow document: its model, its file format and edits on it. Knows no node types and runs nothing."""
