"""Lists that are searched by typing: nodes to add, and commands."""
