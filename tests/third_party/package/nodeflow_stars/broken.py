"""Cannot be imported."""

raise RuntimeError("these stars\nare not right")
