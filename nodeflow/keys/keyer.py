"""Merkle keys: each node's key is made from its own recipe and the keys of what feeds it, in one pass."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nodeflow.errors import NodeflowError
from nodeflow.files import Digests
from nodeflow.files.digests import Progress
from nodeflow.graph import BoundNode
from nodeflow.graph.source import Bundle, Constant, Source, Wire
from nodeflow.keys.fingerprint import NoFingerprint, NotYetRead, fingerprint
from nodeflow.node.spec import FileFinder, InputSpec, NodeKind

Outputs = Mapping[str, Any]
Recipe = Mapping[str, Any]
"""What a key is made from: JSON values that people can read and compare."""


class NoKey(Exception):  # noqa: N818 - no error: what depends on such a node is not kept either
    """What feeds a node has no key."""


class ReadDigests:
    """Digests of files, read where they are not known."""

    def __init__(self, digests: Digests, progress: Progress | None = None) -> None:
        self._digests = digests
        self._progress = progress

    def of(self, files: Mapping[str, Path]) -> str:
        """The digest of several files together, reading what was never read."""
        if list(files) == [""]:
            return self._digests.of(files[""], self._progress)
        return self._digests.of_files(files, self._progress)


class KnownDigests:
    """Digests of files as far as they are remembered: planning never reads big files."""

    def __init__(self, digests: Digests) -> None:
        self._digests = digests

    def of(self, files: Mapping[str, Path]) -> str:
        """The remembered digest of several files together.

        Raises:
            NotYetRead: If there is none.
        """
        known = self._digests.known(files[""]) if list(files) == [""] else self._digests.known_files(files)
        if known is None:
            raise NotYetRead(", ".join(path.name for path in files.values()))
        return known


@dataclass
class Keyer:
    """Makes the keys of a graph's nodes, each after what feeds it.

    Attributes:
        digests: Digests of files.
        settings: What else decides the results of all nodes that use the backend: which one it is.
        arithmetic: How the model parts that a node uses compute, given the results of light nodes.
        files: Finds the files that literals name.
        keys: The keys made so far; None for a node that has none.
        recipes: Their recipes.
        reasons: Why a node has no key.
        unread: Whether some node lacks a key only because a file was never read.
    """

    digests: ReadDigests | KnownDigests
    settings: Mapping[str, str]
    files: FileFinder | None = None
    arithmetic: Callable[[BoundNode, Mapping[str, Outputs]], Mapping[str, str]] | None = None
    keys: dict[str, str | None] = field(default_factory=dict)
    recipes: dict[str, Recipe] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    unread: bool = False

    def add(self, bound: BoundNode, known: Mapping[str, Mapping[str, Any]]) -> str | None:
        """Make a node's key.

        Args:
            bound: The node.
            known: Results of light nodes, whose values enter the key instead of keys of theirs.
        """
        name, spec = bound.name, bound.node.spec
        self.keys[name] = None
        if bound.held:
            self.keys[name] = bound.frozen
            self.recipes[name] = {"type": spec.type, "revision": spec.revision, "inputs": {}}
            return bound.frozen
        if spec.kind is NodeKind.SINK:
            self.reasons[name] = "it delivers"
            return None
        try:
            items = [(i, self._item(i, bound.inputs.get(i.name), known)) for i in spec.inputs]
        except NotYetRead as unread:
            self.reasons[name] = f"not yet read: {unread}"
            self.unread = True
        except NoKey as feed:
            self.reasons[name] = f"needs {feed}, which has no key"
        except NoFingerprint as unknown:
            self.reasons[name] = f"takes {unknown}, which cannot be compared"
        except (NodeflowError, ValueError) as error:
            self.reasons[name] = str(error)
        else:
            inputs = {i.name: item for i, item in items if item is not None or not i.added_later}
            recipe = {"type": spec.type, "revision": spec.revision, "inputs": inputs}
            if bound.node.wants_context:
                computed = self.arithmetic(bound, known) if self.arithmetic else {}
                recipe["settings"] = {**self.settings, **computed}
            self.recipes[name] = recipe
            self.keys[name] = key_of(recipe)
        return self.keys[name]

    def _item(self, spec: InputSpec, source: Source | None, known: Mapping[str, Mapping[str, Any]]) -> Any:
        part = spec.uses.part if spec.uses else None
        match source:
            case None:
                return spec.default
            case Constant(value):
                return fingerprint(spec.read(value, self.files), part, self.digests)
            case Bundle(items):
                return [self._item(spec, item, known) for item in items]
            case Wire(node, output) if node in known:
                return fingerprint(spec.read(known[node][output], self.files), part, self.digests)
            case Wire(node, output):
                key = self.keys.get(node)
                if key is None:
                    raise NoKey(node)
                if spec.template:  # which lists it names, and what they hold, only the run will tell
                    raise NoKey(node)
                return {"result": key, "output": output}
        raise AssertionError(f"a graph that was checked has no source {source}")


def key_of(recipe: Recipe) -> str:
    """The key of a recipe: sha256 of its canonical JSON, in hex."""
    text = json.dumps(recipe, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
