"""Node types come from the worker as they are there, but for classes that only their packages know."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

from nodeflow.cache.packing import Unreadable
from nodeflow.node import node
from nodeflow.node.registry import NodeTypes, Registry
from nodeflow.node.spec import NodeSpec
from nodeflow.values import Latent
from nodeflow.worker import WorkerRunner
from nodeflow.worker.node_types import pack_node_types, unpack_node_types

PATIENCE = 30


def through_pipe(*specs: NodeSpec) -> tuple[NodeSpec, ...]:
    return unpack_node_types(json.loads(json.dumps(pack_node_types(NodeTypes(specs))))).specs


def test_installed_node_types_are_the_same_in_both_processes(own_folders: Path) -> None:
    worker = WorkerRunner()
    try:
        found = worker.node_types().result(PATIENCE)
    finally:
        worker.close()
    assert [spec.to_json() for spec in found.specs] == [n.spec.to_json() for n in Registry.installed()]
    assert found.specs == tuple(n.spec for n in Registry.installed())
    assert found.origins == Registry.installed().origins


def test_classes_that_nobody_knows_here_fit_as_they_do_there(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wave(StrEnum):
        SINE = "sine"
        SAW = "saw"

    @dataclass(frozen=True)
    class Sound:
        pitch: float

    @dataclass(frozen=True)
    class Chord(Sound):
        """More than one sound."""

    def strum(wave: Wave, latent: Latent) -> Chord: ...  # type: ignore[empty-body]

    def listen(sound: Sound, wave: Wave = Wave.SAW) -> float:
        return sound.pitch

    for kind in (Wave, Sound, Chord):
        monkeypatch.setitem(globals(), kind.__name__, kind)
        monkeypatch.setattr(kind, "__module__", "somebodys_nodes")
    first, second = (node(f.__name__.title(), category="test")(f).spec for f in (strum, listen))
    played, heard = through_pipe(first, second)
    sound, chord = heard.inputs[0].socket, played.outputs[0].socket
    assert "somebodys_nodes" not in sys.modules
    assert sound.type is not Sound
    assert sound.accepts(chord)
    assert not chord.accepts(sound)
    assert played.inputs[1].socket.type is Latent
    wave = played.inputs[0].socket
    assert wave.choices == ("sine", "saw")
    assert wave.type is heard.inputs[1].socket.type
    assert wave.read("saw").value == "saw"
    assert [spec.to_json() for spec in (played, heard)] == [first.to_json(), second.to_json()]


def test_a_node_type_that_cannot_be_told_is_a_fault() -> None:
    spec = next(iter(Registry.installed())).spec
    broken = NodeSpec("Odd", "test", spec.kind, 1, 1, (), (), presets={"a": {"b": object()}})
    plain = pack_node_types(NodeTypes((broken, spec)))
    assert [found.type for found in unpack_node_types(plain).specs] == [spec.type]
    assert plain["faults"][0].startswith("node Odd cannot be shown")
    plain["specs"][0]["fields"].pop("category")
    with pytest.raises(Unreadable):
        unpack_node_types(plain)


def test_the_owner_knows_all_node_types_and_imports_none(own_folders: Path) -> None:
    program = (
        "import sys; from nodeflow.worker import WorkerRunner; runner = WorkerRunner('worker_nodes:make'); "
        "types = [spec.type for spec in runner.node_types().result().specs]; runner.close(); "
        "print(*types, *({'nodes', 'worker_nodes', 'numpy', 'torch'} & set(sys.modules)))"
    )
    paths = {"PYTHONPATH": os.pathsep.join((str(Path(__file__).parent), str(Path.cwd())))}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **paths},
    )
    known = done.stdout.split()
    assert {"Sampler", "Count"} <= set(known)
    assert not {"nodes", "worker_nodes", "numpy", "torch"} & set(known)
