"""What the tests of prompts share."""

from __future__ import annotations

import pytest

from nodeflow.prompts import clip_vocabulary


@pytest.fixture(scope="session", autouse=True)
def _vocabulary() -> None:
    """Read it first: hypothesis takes the time of each example."""
    clip_vocabulary()
