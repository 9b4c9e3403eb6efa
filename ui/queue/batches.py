"""Many jobs of one workflow: new seeds, a list of prompts, a folder of pictures. Free of Qt."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nodeflow.document.model import SeedMode, Workflow
from nodeflow.document.scope import TOP, Scope
from nodeflow.document.values import JSONValue, is_linked, literal
from nodeflow.node.annotations import MAX_SEED, MaskFile, Multiline, PictureFile, Seed
from nodeflow.node.spec import InputSpec, NodeSpec
from ui.document.sockets import Sockets
from ui.queue.entry import Entry, Work, differing

if TYPE_CHECKING:
    from nodeflow.execution.job import Job

Changes = dict[str, JSONValue]
"""What one job does differently: values by `node.input`."""
SEEDS, PROMPTS, FILES = (Seed,), (Multiline,), (PictureFile, MaskFile)


@dataclass(frozen=True)
class Place:
    """An input that may hold something else in each job.

    Attributes:
        path: `node.input`, with the subgraph nodes around it.
        spec: What it takes.
        value: What it holds.
        mode: For a seed: what happens to it before each run.
    """

    path: str
    spec: InputSpec
    value: JSONValue
    mode: SeedMode = SeedMode.FIXED


def places(workflow: Workflow, specs: Mapping[str, NodeSpec], kinds: Sequence[type]) -> list[Place]:
    """The inputs of some kinds that are not linked, the workflow's own before those inside subgraphs."""
    return [
        place for place in _all(workflow, specs, TOP, set()) if isinstance(place.spec.widget, tuple(kinds))
    ]


def _all(workflow: Workflow, specs: Mapping[str, NodeSpec], scope: Scope, seen: set[str]) -> Iterator[Place]:
    body, sockets = scope.body(workflow), Sockets(workflow, specs, scope)
    for name, node in body.nodes.items():
        for spec in sockets.spec(name).inputs:
            value = node.inputs.get(spec.name, spec.default)
            if not is_linked(value):
                mode = body.seeds.get(f"{name}.{spec.name}", SeedMode.FIXED)
                yield Place(f"{scope.inside(name)}.{spec.name}", spec, literal(value), mode)
    for name, node in body.nodes.items():
        if node.subgraph in workflow.subgraphs and node.subgraph not in seen:
            seen.add(node.subgraph)  # a change inside counts for all that use it
            yield from _all(workflow, specs, scope.inside(name), seen)


def with_new_seeds(seeds: Iterable[Place], count: int, *, counting: bool) -> list[Changes]:
    """Jobs that differ in their seeds.

    Args:
        seeds: All seeds of the workflow.
        count: How many jobs.
        counting: Whether each seed counts up from what it is; else all are drawn anew each time.
    """
    mode = SeedMode.INCREMENT if counting else SeedMode.RANDOMIZE
    known = list(seeds)
    return [{seed.path: _following(seed, mode, turn) for seed in known} for turn in range(count)]


def over_values(place: Place, values: Iterable[JSONValue], seeds: Iterable[Place]) -> list[Changes]:
    """Jobs that differ in one value; seeds change as their modes say.

    Args:
        place: The input.
        values: What it takes in turn.
        seeds: All seeds of the workflow. The first job uses them as they are.
    """
    moving = [seed for seed in seeds if seed.mode is not SeedMode.FIXED]
    return [
        {place.path: value} | {s.path: _following(s, s.mode, turn) for s in moving if turn}
        for turn, value in enumerate(values)
    ]


def _following(seed: Place, mode: SeedMode, turn: int) -> int:
    if mode is SeedMode.RANDOMIZE:
        return random.SystemRandom().getrandbits(32)  # short enough to read and retype
    return ((seed.value if isinstance(seed.value, int) else 0) + turn) % (MAX_SEED + 1)


def batch(job: Job, jobs: Sequence[Changes]) -> list[Entry]:
    """The entries of a batch, which share their workflow.

    Args:
        job: What all have in common.
        jobs: What each does differently.
    """
    alike = Entry(Work.of(job), title=job.workflow.title, batch=uuid.uuid4().hex, parts=len(jobs))
    return [
        replace(alike, id=uuid.uuid4().hex, changes=changes, note=differing(changes), part=part)
        for part, changes in enumerate(jobs, start=1)
    ]
