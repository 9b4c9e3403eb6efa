"""The settings dialog, which writes `settings.toml`. What it may say is `nodeflow.settings`' business."""
