"""Random edits: everything can be undone and redone, and every state is a workflow that can be saved."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from nodeflow.document.files import dump_workflow, load_workflow, parse_workflow
from nodeflow.document.model import Mode, SeedMode, Workflow
from nodeflow.node.registry import Registry
from ui.document import TOP, Document, EditRefused, Scope, edits
from ui.document.delta import apply_difference, difference, whole

SPECS = {node.spec.type: node.spec for node in Registry.installed()}
EDITS: dict[str, Callable[[Workflow, Scope, random.Random], Workflow]] = {}


def edit(
    function: Callable[[Workflow, Scope, random.Random], Workflow],
) -> Callable[[Workflow, Scope, random.Random], Workflow]:
    EDITS[function.__name__] = function
    return function


def some(workflow: Workflow, at: Scope, r: random.Random, most: int = 3) -> list[str]:
    names = list(at.body(workflow).nodes)
    return r.sample(names, min(len(names), r.randint(1, most)))


def one(workflow: Workflow, at: Scope, r: random.Random) -> str:
    return r.choice(list(at.body(workflow).nodes) or ["nothing"])


def link(workflow: Workflow, at: Scope, r: random.Random) -> edits.Connection:
    found = list(edits.connections(at.body(workflow)))
    if not found:
        raise EditRefused("There are no links.")
    return r.choice(found)


def spot(r: random.Random) -> tuple[float, float]:
    return (r.randint(-500, 500), r.random() * 300)


@edit
def add(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.add_node(w, SPECS[r.choice(list(SPECS))], spot(r), at=at)


@edit
def add_unknown(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.add_node(w, "Elsewhere", spot(r), {"size": 3}, at=at)


@edit
def remove(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.remove_nodes(w, some(w, at, r, 2), reconnect=r.random() < 0.5, specs=SPECS, at=at)


@edit
def rename(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.rename_node(w, one(w, at, r), r.choice(["ab", "b c", "sampler", "größe"]), at=at)


@edit
def connect(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    target = f"{one(w, at, r)}.{r.choice(['model', 'latent', 'value'])}"
    return edits.connect(
        w, f"{one(w, at, r)}.{r.choice(['model', 'latent'])}", target, append=r.random() < 0.4, at=at
    )


@edit
def disconnect(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.disconnect(w, link(w, at, r), at=at)


@edit
def bend(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.insert_reroute(w, link(w, at, r), spot(r), at=at)


@edit
def between(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.insert_node(w, SPECS, SPECS[r.choice(list(SPECS))], link(w, at, r), spot(r), at=at)


@edit
def value(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    content: Any = r.choice([1, 2.5, "text", None, True, [1, 2], {"from": "x.y"}, {"value": 1}, {"a": 1}])
    return edits.set_input(w, f"{one(w, at, r)}.{r.choice(['seed', 'text', 'model'])}", content, at=at)


@edit
def reset(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.reset_input(w, f"{one(w, at, r)}.model", at=at)


@edit
def look(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    names = some(w, at, r)
    w = edits.move_nodes(w, names, *spot(r), at=at)
    w = edits.set_mode(w, names, r.choice([None, *Mode]), at=at)
    w = edits.collapse(w, names, r.random() < 0.5, at=at)
    return edits.set_color(w, names, r.choice([None, "#20a0ff"]), at=at)


@edit
def seed_mode(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.set_seed_mode(w, one(w, at, r), "seed", r.choice([None, *SeedMode]), at=at)


@edit
def replace(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.replace_node(w, SPECS, one(w, at, r), SPECS[r.choice(list(SPECS))], at=at)


@edit
def copy(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.duplicate(w, some(w, at, r), incoming=r.random() < 0.5, at=at)


@edit
def paste(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.paste_nodes(w, edits.copy_nodes(w, some(w, TOP, r)), spot(r), at=at)


@edit
def group(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.group(w, some(w, at, r, 4), "part", at=at)


@edit
def ungroup(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.ungroup(w, one(w, at, r), at=at)


@edit
def show(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.show_input(w, f"{one(w, at, r)}.seed", at=at)


@edit
def hide(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.hide_input(w, r.choice(["seed", "model", "latent"]), at=at)


@edit
def frame(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.add_frame(w, some(w, at, r), "frame", spot(r), (200, 200), at=at)


@edit
def shift_frame(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.move_frame(edits.set_frame_mode(w, 0, r.choice([None, *Mode]), at=at), 0, *spot(r), at=at)


@edit
def note(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    return edits.add_note(w, "remember", spot(r), at=at)


@edit
def marks(w: Workflow, at: Scope, r: random.Random) -> Workflow:
    name = one(w, at, r)
    w = edits.show_on_panel(w, f"{name}.seed", "Seed", at=at)
    return edits.set_wireless(w, f"{name}.model", r.choice([None, "base"]), at=at)


class Machine(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.now = 0.0
        self.document = Document(load_workflow("text_to_image"), SPECS, clock=lambda: self.now)
        self.journal = whole(self.document.workflow)
        self.start = dump_workflow(self.document.workflow)
        self.document.subscribe(self.follow)

    def follow(self, change: Any) -> None:
        self.journal = apply_difference(self.journal, difference(change.before, change.after))

    def scopes(self) -> list[Scope]:
        workflow, found = self.document.workflow, [TOP]
        for scope in found:
            if len(scope.path) < 3:
                body = scope.body(workflow)
                found.extend(scope.inside(n) for n, node in body.nodes.items() if node.subgraph)
        return found

    @rule(name=st.sampled_from(sorted(EDITS)), r=st.randoms(use_true_random=False), merge=st.booleans())
    def do(self, name: str, r: random.Random, merge: bool) -> None:
        before = self.document.workflow
        at = r.choice(self.scopes())
        refusal = None
        try:
            self.document.apply(name, lambda w: EDITS[name](w, at, r), merge="drag" if merge else None)
        except EditRefused as error:
            refusal = error.message
        assert refusal is None or (refusal.endswith(".") and self.document.workflow is before)
        self.now += 0.7

    @rule(times=st.integers(1, 4))
    def undo(self, times: int) -> None:
        for _ in range(times):
            self.document.undo()

    @rule(times=st.integers(1, 4))
    def redo(self, times: int) -> None:
        for _ in range(times):
            self.document.redo()

    @invariant()
    def it_can_be_saved_and_read_back(self) -> None:
        text = dump_workflow(self.document.workflow)
        again = parse_workflow(text)
        assert dump_workflow(again) == text
        assert again.nodes == self.document.workflow.nodes
        assert again.subgraphs == self.document.workflow.subgraphs

    @invariant()
    def every_name_that_is_mentioned_is_there(self) -> None:
        workflow = self.document.workflow
        for body in (workflow, *workflow.subgraphs.values()):
            assert body.layout.keys() <= body.nodes.keys()
            assert {place.rpartition(".")[0] for place in body.seeds} <= body.nodes.keys()
            assert {name for frame in body.frames for name in frame.nodes} <= body.nodes.keys()
            assert {node.subgraph for node in body.nodes.values()} - {None} <= workflow.subgraphs.keys()
            for found in edits.connections(body):
                assert getattr(found.source, "node", None) in (None, *body.nodes)

    @invariant()
    def the_journal_follows(self) -> None:
        assert dump_workflow(parse_workflow(_text(self.journal))) == dump_workflow(self.document.workflow)

    def teardown(self) -> None:
        document = self.document
        while document.redo():
            pass
        end = dump_workflow(document.workflow)
        while document.undo():
            pass
        assert dump_workflow(document.workflow) == self.start
        assert not document.modified
        while document.redo():
            pass
        assert dump_workflow(document.workflow) == end


def _text(document: Any) -> str:
    return json.dumps(document)


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
