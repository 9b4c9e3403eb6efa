"""Running workflows in a process of their own: what they do to it, the program that shows them survives."""

from nodeflow.worker.results import Handle
from nodeflow.worker.runner import WorkerRunner

__all__ = ["Handle", "WorkerRunner"]
