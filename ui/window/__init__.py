"""The window: menus, tabs, docks, and what it asks and tells. Documents are edited in `ui.editing`."""
