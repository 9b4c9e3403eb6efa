"""What the context menus hold, by what lies under the pointer."""
