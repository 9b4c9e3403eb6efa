"""`node` turns a typed function into a `Node`: still callable, and described by its `spec`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, Generic, ParamSpec, TypeVar

from nodeflow.errors import NodeDefinitionError
from nodeflow.node.signature import Signature
from nodeflow.node.sockets import JSONValue
from nodeflow.node.spec import NodeKind, NodeSpec

P = ParamSpec("P")
R = TypeVar("R")

Inputs = dict[str, Any]
Foresight = Callable[[Mapping[str, Any]], None]
InputMigration = Callable[[Inputs], Inputs]


class Node(Generic[P, R]):
    """A node type: the function itself, its `spec`, and the migrations of older versions' inputs.

    Args:
        function: What the node does.
        spec: What is known about it.
        wants_context: Whether the function has a `context` parameter.
        gives_tuple: Whether it returns a NamedTuple with a field for each output.
    """

    def __init__(
        self, function: Callable[P, R], spec: NodeSpec, *, wants_context: bool, gives_tuple: bool
    ) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.spec = spec
        self.wants_context = wants_context
        self.gives_tuple = gives_tuple
        self._migrations: dict[int, InputMigration] = {}
        self._foresight: Foresight | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Do what the function does."""
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<node {self.spec.type}>"

    def __reduce__(self) -> str:
        return self.function.__qualname__  # pickled by name, like a function

    def migrates(self, version: int) -> Callable[[InputMigration], InputMigration]:
        """Decorate a function that turns inputs of `version` into those of the next.

        It gets a dict of its own. Values are opaque: they may be links.

        Raises:
            NodeDefinitionError: If the node has no later version.
        """
        if not 1 <= version < self.spec.version:
            message = f"node {self.spec.type} is of version {self.spec.version} and cannot migrate {version}"
            raise NodeDefinitionError(message, advice="Raise its version, or migrate an earlier one")

        def register(migration: InputMigration) -> InputMigration:
            self._migrations[version] = migration
            return migration

        return register

    def foresees(self, check: Foresight) -> Foresight:
        """Decorate a function that raises NodeFailed, before a run, if inputs contradict each other.

        It gets those that are known by then: what the file says, what light nodes gave, and defaults; not
        those that heavy nodes are still to give.
        """
        self._foresight = check
        return check

    @property
    def looks_ahead(self) -> bool:
        """Whether it looks at its inputs before a run."""
        return self._foresight is not None

    def foresee(self, known: Mapping[str, Any]) -> None:
        """Look at the inputs that are known before a run.

        Raises:
            NodeFailed: If they contradict each other.
        """
        if self._foresight is not None:
            self._foresight(known)

    def migrate(self, inputs: Mapping[str, Any], version: int) -> Inputs:
        """Bring the inputs of an older version up to date.

        Raises:
            NodeDefinitionError: If a migration is missing.
        """
        result = dict(inputs)
        for old in range(version, self.spec.version):
            if old not in self._migrations:
                raise NodeDefinitionError(f"node {self.spec.type} cannot read its version {old}")
            result = self._migrations[old](result)
        return result


def node(
    type_id: str,
    *,
    category: str,
    kind: NodeKind = NodeKind.HEAVY,
    version: int = 1,
    revision: int = 1,
    output: str | None = None,
    presets: Mapping[str, Mapping[str, JSONValue]] | None = None,
) -> Callable[[Callable[P, R]], Node[P, R]]:
    """Make a node type of a typed function.

    Args:
        type_id: The name in files; never changes.
        category: Where menus show it.
        kind: Light (pure and cheap), heavy, a question or a sink.
        version: Raise it when inputs change in a way that old files do not fit, and add a migration.
        revision: Raise it when the same inputs give another result.
        output: The name of a single output; None: after its type.
        presets: Named sets of input values to offer.

    Raises:
        NodeDefinitionError: If the signature cannot be read as sockets.
    """

    def make(function: Callable[P, R]) -> Node[P, R]:
        signature = Signature(function, type_id, output)
        spec = NodeSpec(
            type=type_id,
            category=category,
            kind=kind,
            version=version,
            revision=revision,
            inputs=signature.inputs,
            outputs=signature.outputs,
            summary=signature.summary,
            description=signature.description,
            presets=presets or {},
        )
        _check_presets(spec)
        wants_context, gives_tuple = signature.wants_context, signature.gives_tuple
        return Node(function, spec, wants_context=wants_context, gives_tuple=gives_tuple)

    return make


def _check_presets(spec: NodeSpec) -> None:
    for preset, values in spec.presets.items():
        for name, value in values.items():
            known = spec.input(name)
            if known is None:
                raise NodeDefinitionError(
                    f"node {spec.type}: the preset {preset!r} sets {name!r}, which is no input"
                )
            try:
                known.read(value)
            except ValueError as error:
                raise NodeDefinitionError(
                    f"node {spec.type}: {name!r} in the preset {preset!r} {error}"
                ) from None
