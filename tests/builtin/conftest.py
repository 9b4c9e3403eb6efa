"""What a node needs when it is called as the function that it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from nodeflow.backends.fake import FakeBackend
from nodeflow.node import Context
from nodeflow.pictures import Delivery


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """A context with the fake backend that saves into a temporary folder."""
    backend = FakeBackend()
    return Context("node", lambda: backend, Delivery(tmp_path / "out"))
