"""`nodeflow nodes`: which node types there are, and what each takes and gives."""

from __future__ import annotations

from collections.abc import Mapping

from nodeflow.cli.output import print_json, say, table
from nodeflow.cli.registry import installed_registry
from nodeflow.errors import ExitCode, UsageError
from nodeflow.node.annotations import Color, CurveRange, Range, Seed
from nodeflow.node.registry import Registry
from nodeflow.node.sockets import Literal
from nodeflow.node.spec import InputSpec, NodeSpec


def list_nodes(type_id: str | None, as_json: bool) -> ExitCode:
    """Print all node types, or one in full."""
    registry = installed_registry()
    if type_id is not None:
        return _show(type_id, registry, as_json)
    if as_json:
        for node in registry:
            print_json(node.spec.to_json())
        return ExitCode.DONE
    rows = ((node.spec.type, node.spec.category, node.spec.summary) for node in registry)
    table(("type", "category", "what it does"), rows)
    say("\nnodeflow nodes TYPE shows one in full.")
    return ExitCode.DONE


def _show(type_id: str, registry: Registry, as_json: bool) -> ExitCode:
    node = registry.get(type_id)
    if node is None:
        similar = " or ".join(registry.similar(type_id))
        advice = f"Did you mean {similar}?" if similar else "nodeflow nodes lists them"
        raise UsageError(f"there is no node type {type_id!r}", advice=advice)
    if as_json:
        print_json(node.spec.to_json())
    else:
        _print(node.spec)
    return ExitCode.DONE


def _print(spec: NodeSpec) -> None:
    say(f"{spec.type}  ({spec.category}, {spec.kind}, version {spec.version})\n{spec.summary}")
    if spec.description:
        say(f"\n{spec.description}")
    if spec.inputs:
        say("")
        table(("input", "type", "default", "what it does"), (_row(i) for i in spec.inputs))
    if spec.outputs:
        say("")
        if any(item.description for item in spec.outputs):
            rows = ((item.name, item.socket.name, item.description) for item in spec.outputs)
            table(("output", "type", "what it gives"), rows)
        else:
            table(("output", "type"), ((item.name, item.socket.name) for item in spec.outputs))
    if spec.presets:
        say("")
        table(("preset", "sets"), ((name, _settings(values)) for name, values in spec.presets.items()))


def _settings(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _row(spec: InputSpec) -> tuple[str, str, str, str]:
    default = "required" if spec.required else "none" if spec.default is None else _written(spec.default)
    kind = f"{spec.socket.name} list" if spec.many else spec.socket.name
    return spec.name, kind, default, " ".join(filter(None, (spec.description, _limits(spec))))


def _written(default: object) -> str:
    """A default, in quotes where it could not be seen otherwise."""
    text = str(default)
    return text if text.strip() == text and text else f'"{text}"'


def _limits(spec: InputSpec) -> str:
    """What a value must keep to, as a sentence."""
    if spec.socket.choices:
        return f"One of: {', '.join(_choice(spec, choice) for choice in spec.socket.choices)}."
    match spec.widget:
        case Range(minimum, maximum, step):
            whole = step is not None and spec.socket.literal is Literal.INTEGER
            return f"From {minimum:g} to {maximum:g}{f' in steps of {step:g}' if whole else ''}."
        case CurveRange(minimum, maximum):
            return f"From {minimum:g} to {maximum:g}."
        case Seed():
            return "From 0 to 2^64 - 1."
        case Color():
            return "Written #rrggbb."
    return ""


def _choice(spec: InputSpec, choice: str) -> str:
    words = spec.hints.about(choice) if spec.hints is not None else ""
    return f"{choice} ({words})" if words else choice
