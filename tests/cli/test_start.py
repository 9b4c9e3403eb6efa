"""A light start: what each command imports, and what it costs."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

HEAVY = {"torch", "diffusers", "transformers", "PySide6"}
COMMANDS = {
    "--help": (0.3, HEAVY | {"pydantic", "networkx", "numpy"}),
    "validate text_to_image": (0.6, HEAVY),
    "nodes": (0.6, HEAVY),
}


def program(arguments: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-m", "nodeflow.cli.main", *arguments.split()]
    return subprocess.run(command, capture_output=True, text=True, check=True)


@pytest.mark.parametrize("arguments", COMMANDS)
def test_nothing_heavy_is_imported(arguments: str) -> None:
    lines = program(arguments, "-X", "importtime").stderr.splitlines()
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines if "|" in line}
    assert "typer" in imported
    assert not imported & COMMANDS[arguments][1]


def spent(*command: str) -> float:
    """The processor time of a child process, user and system, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def slowness() -> float:
    """How much slower this machine is now than one that counts to three million in 0.15 s; at least 1."""
    return max(1.0, spent(sys.executable, "-c", "n = 0\nfor i in range(3_000_000): n += i") / 0.15)


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_start_costs_little_processor_time(arguments: str) -> None:
    tries = []
    for _ in range(5):
        limit = COMMANDS[arguments][0] * slowness()
        tries.append(spent(sys.executable, "-m", "nodeflow.cli.main", *arguments.split()) / limit)
        if tries[-1] < 1:
            return
    pytest.fail(f"the best of five took {min(tries):.2f} of the time allowed")
