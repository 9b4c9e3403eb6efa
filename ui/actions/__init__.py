"""Everything a user can ask the window for: one declarative list feeds menus, tool bar, palette and keys."""
