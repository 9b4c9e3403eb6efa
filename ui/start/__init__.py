"""What the window shows while no document is open: templates, recent files, what is new."""
