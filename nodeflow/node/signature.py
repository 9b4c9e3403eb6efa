"""Reading a typed function's signature as a node: the only place where sockets are declared."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from enum import Enum
from typing import Any, NoReturn, get_args, get_origin, get_type_hints

from docstring_parser import Docstring
from docstring_parser import parse as parse_docstring

from nodeflow.errors import NodeDefinitionError
from nodeflow.node.annotations import (
    AddedLater,
    Color,
    CurveRange,
    Hints,
    MaskFile,
    Measure,
    ModelFile,
    Multiline,
    OnlyFor,
    PictureFile,
    Range,
    Seed,
    Uses,
    Widget,
)
from nodeflow.node.hints import Hint, is_socket_type, type_name, unwrap
from nodeflow.node.sockets import Literal, Socket, snake_case, socket_of
from nodeflow.node.spec import InputSpec, OutputSpec
from nodeflow.values import Curve, Prompt, Template

CONTEXT = "context"
"""The parameter through which a node reaches the backend and reports progress; not an input."""

_FITTING: dict[type, tuple[Literal, ...]] = {
    Range: (Literal.INTEGER, Literal.NUMBER),
    Seed: (Literal.INTEGER,),
    Multiline: (Literal.TEXT,),
    CurveRange: (Literal.CURVE,),
    Color: (Literal.TEXT,),
}
"""Which literals a widget can edit; the widgets of files fit any class."""


class Signature:
    """The sockets and the documentation of a function that is to become a node.

    Args:
        function: A typed function.
        type_id: The node's name, for messages.
        output: The name of a single output; None: after its type.

    Raises:
        NodeDefinitionError: If the signature cannot be read; one line saying why.
    """

    def __init__(self, function: Callable[..., Any], type_id: str, output: str | None = None) -> None:
        self._type_id = type_id
        self._hints = self._resolved(function)
        documentation = parse_docstring(inspect.getdoc(function) or "")
        self._texts = _texts(documentation)
        self.summary = documentation.short_description or ""
        self.description = documentation.long_description or ""
        parameters = inspect.signature(function).parameters
        self.wants_context = CONTEXT in parameters
        self.inputs = tuple(self._input(p) for p in parameters.values() if p.name != CONTEXT)
        self._check_others()
        fields = self._fields()
        self.gives_tuple = fields is not None
        self.outputs = self._outputs(fields, output)

    def _fail(self, message: str, advice: str | None = None) -> NoReturn:
        raise NodeDefinitionError(f"node {self._type_id}: {message}", advice=advice)

    def _resolved(self, annotated: Any) -> dict[str, Any]:
        """The annotations of a function or class, with every name in them looked up."""
        try:
            return get_type_hints(annotated, include_extras=True)
        except (NameError, TypeError) as error:
            self._fail(str(error), "Define at module level what annotations name, outside TYPE_CHECKING")

    def _input(self, parameter: inspect.Parameter) -> InputSpec:
        name = parameter.name
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            self._fail(f"*{name} cannot be a socket", "Take a list[…] instead")
        if parameter.kind is parameter.POSITIONAL_ONLY:
            self._fail(
                f"the parameter {name!r} is positional-only", "Inputs are passed by name; remove the /"
            )
        if name not in self._hints:
            self._fail(f"the parameter {name!r} has no type")
        hint = unwrap(self._hints[name])
        many = get_origin(hint.type) is list
        if many:
            inner = unwrap(get_args(hint.type)[0])
            hint = Hint(inner.type, hint.metadata + inner.metadata, hint.optional)
        widget = next((m for m in hint.metadata if isinstance(m, Widget)), None)
        only_for = next((m for m in hint.metadata if isinstance(m, OnlyFor)), None)
        text = self._texts.get(name, "")
        required = parameter.default is parameter.empty
        spec = InputSpec(
            name=name,
            socket=self._socket(hint.type, widget, name),
            required=required,
            default=None if required else _plain(parameter.default),
            optional=hint.optional,
            many=many,
            widget=widget,
            uses=next((m for m in hint.metadata if isinstance(m, Uses)), None),
            measure=next((m for m in hint.metadata if isinstance(m, Measure)), None),
            added_later=any(isinstance(m, AddedLater) for m in hint.metadata),
            prompt=hint.type is Prompt,
            template=hint.type is Template,
            only_for=only_for,
            hints=next((m for m in hint.metadata if isinstance(m, Hints)), None),
            description=text if only_for is None else f"{only_for}: {text[:1].lower()}{text[1:]}",
        )
        self._check_default(spec)
        if spec.added_later and (required or spec.default is not None):
            self._fail(f"{name!r} was added later, so its default must be None")
        return spec

    def _socket(self, annotation: Any, widget: Widget | None, name: str) -> Socket:
        if not is_socket_type(annotation):
            advice = "Use a class; an Enum for choices, list[…] for several values"
            self._fail(f"the type of {name!r} cannot be a socket: {type_name(annotation)}", advice)
        if isinstance(widget, ModelFile | PictureFile | MaskFile):
            return Socket("File", annotation, Literal.FILE)
        socket = socket_of(annotation)
        if widget is not None and socket.literal not in _FITTING[type(widget)]:
            self._fail(f"{type(widget).__name__} does not fit the type of {name!r}, {socket.name}")
        return socket

    def _check_default(self, spec: InputSpec) -> None:
        if spec.required or (spec.default is None and spec.optional):
            return
        if spec.socket.literal in (None, Literal.FILE) and spec.socket.type is not object:
            self._fail(f"the default of {spec.name!r} cannot be written in a file", "Let it be None")
        try:
            spec.read(spec.default)
        except ValueError as error:
            self._fail(f"the default of {spec.name!r} {error}")

    def _check_others(self) -> None:
        """Check what inputs say of each other."""
        choices = {spec.name: spec.socket.choices for spec in self.inputs}
        for spec in self.inputs:
            if isinstance(spec.widget, MaskFile) and spec.widget.over not in choices:
                self._fail(f"{spec.name!r} is painted over {spec.widget.over!r}, which is no input")
            if (
                spec.hints is not None
                and tuple(choice for choice, _ in spec.hints.words) != choices[spec.name]
            ):
                self._fail(f"the hints of {spec.name!r} are not about its choices, in their order")
            told = spec.only_for
            if told is not None and not {*told.choices} <= {*choices.get(told.input, ())}:
                self._fail(f"{spec.name!r} counts for choices that {told.input!r} does not have")

    def _fields(self) -> dict[str, Any] | None:
        """The fields of the NamedTuple that the function returns, if it returns one."""
        if "return" not in self._hints:
            self._fail("the return type is missing")
        annotation = unwrap(self._hints["return"]).type
        if isinstance(annotation, type) and issubclass(annotation, tuple) and hasattr(annotation, "_fields"):
            hints = self._resolved(annotation)
            return {name: hints.get(name, object) for name in annotation._fields}
        return None

    def _outputs(self, fields: dict[str, Any] | None, output: str | None) -> tuple[OutputSpec, ...]:
        if fields is not None:
            texts = _texts(parse_docstring(inspect.getdoc(unwrap(self._hints["return"]).type) or ""))
            return tuple(
                OutputSpec(name, self._output_socket(hint), texts.get(name, ""))
                for name, hint in fields.items()
            )
        if self._hints["return"] is type(None):
            return ()
        socket = self._output_socket(self._hints["return"])
        return (OutputSpec(output or snake_case(socket.name), socket),)

    def _output_socket(self, annotation: Any) -> Socket:
        hint = unwrap(annotation)
        if hint.optional or not is_socket_type(hint.type):
            advice = "Return a class, or a NamedTuple of classes"
            self._fail(f"this cannot be an output: {type_name(annotation)}", advice)
        return socket_of(hint.type)


def _texts(documentation: Docstring) -> dict[str, str]:
    """What a docstring says of each parameter, or each field."""
    return {part.arg_name: " ".join((part.description or "").split()) for part in documentation.params}


def _plain(default: Any) -> Any:
    """A default as a file has it."""
    if isinstance(default, list | tuple):
        return [_plain(item) for item in default]
    if isinstance(default, Curve):
        return _plain(default.points)
    return default.value if isinstance(default, Enum) else default
