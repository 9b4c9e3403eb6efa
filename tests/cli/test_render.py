"""Real renders with the bundled model, few and small."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

# As for the backend's own tests: diffusers with numpy 2.4.
pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")

SMALL = ("--set", "latent.width=64", "--set", "latent.height=64")


def test_the_workflow_in_a_picture_makes_the_same_picture_again(nodeflow: Callable[..., Any]) -> None:
    first = nodeflow(
        "run", "text_to_image", *SMALL, "--set", "sampler.steps=2", "--seed", 5, "--out", "a.png"
    )
    assert (first.code, first.out) == (0, "a.png\n"), first.err
    with Image.open("a.png") as picture:
        pixels = np.asarray(picture)
    assert nodeflow("why", "a.png", "sampler").code == 0
    assert nodeflow("run", "a.png", "--no-cache", "--out", "b.png").code == 0
    with Image.open("b.png") as picture:
        assert np.array_equal(np.asarray(picture), pixels)
    assert pixels.shape == (64, 64, 3)
    assert pixels.std() > 1


@pytest.mark.full
def test_an_interrupt_while_sampling_stops_within_a_step() -> None:
    command = [sys.executable, "-m", "nodeflow.cli.main", "run", "text_to_image", *SMALL, "--json"]
    command += ["--set", "sampler.steps=1000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        event: dict[str, Any] = {}
        while event.get("event") != "node_progress":
            event = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        rest = [json.loads(line) for line in process.stdout]
        errors = process.stderr.read()
    assert process.returncode == 130
    assert errors == "warning: cancelled; 0 files were saved\n"
    assert rest[-1]["outcome"] == "cancelled"
    assert len(rest) < 200
