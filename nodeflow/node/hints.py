"""Taking annotations apart: what type they mean, what they say about it, whether None is allowed."""

from __future__ import annotations

import functools
import operator
import types
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin


class Hint(NamedTuple):
    """An annotation taken apart."""

    type: Any
    metadata: tuple[Any, ...]
    optional: bool


def unwrap(annotation: Any) -> Hint:
    """Take Annotated and Optional off an annotation, however they are nested."""
    metadata: tuple[Any, ...] = ()
    optional = False
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *found = get_args(annotation)
            metadata += tuple(found)
        elif get_origin(annotation) in (Union, types.UnionType) and type(None) in get_args(annotation):
            optional = True
            options = (option for option in get_args(annotation) if option is not type(None))
            annotation = functools.reduce(operator.or_, options)
        else:
            return Hint(object if annotation is Any else annotation, metadata, optional)


def is_socket_type(annotation: Any) -> bool:
    """Whether it is a class whose values say what they are; a bare list or dict does not."""
    return isinstance(annotation, type) and annotation not in (list, tuple, dict, set, type(None))


def type_name(annotation: Any) -> str:
    """The annotation as a message shows it."""
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)
