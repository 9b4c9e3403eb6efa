"""A monitor to which nobody listens, for work that takes an instant."""

from __future__ import annotations

from nodeflow.backends.protocol import Preview
from nodeflow.values import ModelPart


class SilentMonitor:
    """Ignores every report and never cancels."""

    def progress(self, step: int, steps: int, preview: Preview | None = None) -> None:
        """Ignore it."""

    def raise_if_cancelled(self) -> None:
        """Never cancels."""

    def warn(self, message: str) -> None:
        """Ignore it."""

    def deviate(self, part: ModelPart, **facts: str) -> None:
        """Ignore it."""

    @property
    def state(self) -> None:
        """Keeps nothing."""
        return None
