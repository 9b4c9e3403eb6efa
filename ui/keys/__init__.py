"""The list of all keys, and changing them. Which keys there are is `ui.actions.keys`' business."""
