"""The queue: what is to be run, kept on disk, and the panel that shows it. `running.engine` works it off."""
