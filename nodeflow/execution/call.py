"""Calling one node: its arguments, its results by output, and the error a user reads when it fails."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nodeflow.errors import MissingFile, NodeFailed, NodeflowError, OutOfMemory, one_line
from nodeflow.graph import BoundNode
from nodeflow.graph.source import Bundle, Constant, Source, Wire, wires_in
from nodeflow.node.context import Context
from nodeflow.node.spec import FileFinder, OutputSpec

Outputs = Mapping[str, Any]
"""A node's results by output name."""


def read_arguments(
    bound: BoundNode, results: Mapping[str, Outputs], files: FileFinder | None
) -> dict[str, Any]:
    """Turn a node's sources into its arguments.

    Args:
        bound: The node.
        results: What its feeds gave; what one that is missing here feeds is left out.
        files: Finds the files it names.

    Raises:
        NodeflowError: Naming node and input, if a value does not fit or a file is missing.
    """
    arguments: dict[str, Any] = {}
    for spec in bound.node.spec.inputs:
        source = bound.inputs.get(spec.name)
        if source is None or any(wire.node not in results for wire in wires_in(source)):
            continue
        try:
            arguments[spec.name] = spec.read(_value(source, results), files)
        except ValueError as error:
            raise NodeFailed(str(error), node=bound.name, input=spec.name) from None
        except NodeflowError as error:
            error.node, error.input = bound.name, spec.name
            raise
    return arguments


def _value(source: Source, results: Mapping[str, Outputs]) -> Any:
    match source:
        case Wire(node, output):
            return results[node][output]
        case Bundle(items):
            return [_value(item, results) for item in items]
        case Constant(value):
            return value
    raise AssertionError(f"a graph that was checked has no source {source}")


def call(bound: BoundNode, arguments: dict[str, Any], context: Context) -> Outputs:
    """Call a node's function and sort its result by output.

    Raises:
        NodeflowError: If the result is not what its signature promises.
    """
    node = bound.node
    try:
        result = node(**arguments, context=context) if node.wants_context else node(**arguments)
    except MissingFile as error:
        error.input = error.input or _file_input(arguments)
        raise
    specs = node.spec.outputs
    if not specs:
        return {}
    values = result if node.gives_tuple else (result,)
    if not isinstance(values, tuple) or len(values) != len(specs):
        raise _broken_promise(bound, f"{type(result).__name__}, not its {len(specs)} outputs")
    for spec, value in zip(specs, values, strict=True):
        if not fits(value, spec):
            message = f"{type(value).__name__} as {spec.name!r}, not {spec.socket.name}"
            raise _broken_promise(bound, message)
    return {spec.name: value for spec, value in zip(specs, values, strict=True)}


def _file_input(arguments: Mapping[str, Any]) -> str | None:
    """The input that a file came by; None where several did, or none."""
    names = [name for name, value in arguments.items() if isinstance(value, Path)]
    return names[0] if len(names) == 1 else None


def fits(value: object, spec: OutputSpec) -> bool:
    """Whether a value is what an output promises."""
    wanted = spec.socket.type
    return isinstance(value, wanted) or (wanted is float and isinstance(value, int))


def _broken_promise(bound: BoundNode, message: str) -> NodeFailed:
    advice = "This is a fault of the node's package"
    return NodeFailed(f"{bound.node.spec.type} gave {message}", node=bound.name, advice=advice)


def node_error(error: BaseException, node: str) -> NodeflowError:
    """The error a user reads for whatever a node raised; the original stays as its cause.

    The original forgets the local variables of the calls it came through: they hold arrays, and an error
    lives as long as the run's result.
    """
    cause: BaseException | None = error
    while cause is not None:
        traceback.clear_frames(cause.__traceback__)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, NodeflowError):
        return error.at(node)
    problem: NodeflowError
    if isinstance(error, MemoryError):
        advice = "Make the picture smaller or close programs"
        problem = OutOfMemory("memory ran out", node=node, advice=advice)
    else:
        text = _text(error)
        problem = NodeFailed(f"{type(error).__name__}: {text}" if text else type(error).__name__, node=node)
    problem.__cause__ = error
    return problem


def _text(error: BaseException) -> str:
    try:
        return one_line(error)
    except Exception:  # noqa: BLE001 - an error of a node may fail even to say what it is
        return ""
