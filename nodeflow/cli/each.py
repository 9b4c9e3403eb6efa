"""Reading `--each node.input=file`: what an input takes in turn, run after run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from nodeflow.cli.settings import Applied, input_spec, read_value
from nodeflow.document.edit import split_path, with_input
from nodeflow.document.model import Workflow
from nodeflow.errors import UsageError
from nodeflow.execution.variations import pictures_in, read_lines
from nodeflow.node.registry import Registry


@dataclass(frozen=True)
class Varied:
    """What each run changes, and the folders that the runs may read from."""

    edits: list[Callable[[Workflow], Workflow]]
    allowed: tuple[Path, ...]


def read_each(each: str | None, applied: Applied, registry: Registry) -> Varied:
    """Read the option: a folder of pictures, or a text file whose lines are read as `--set` reads a value.

    Args:
        each: What was typed: `node.input=file` or `node.input=folder`; None: nothing.
        applied: The workflow with the other settings.
        registry: The node types.

    Raises:
        UsageError: If it names no input, or one that takes nothing of the kind.
        MissingFile: If the list cannot be read or is empty.
    """
    if each is None:
        return Varied([lambda workflow: workflow], applied.allowed)
    path, equals, name = each.partition("=")
    if not equals or not name:
        raise UsageError(f"--each {each!r} names no list", advice="Write --each node.input=file-or-folder")
    (node, entry), spec = split_path(path), input_spec(applied.workflow, path, registry)
    source, allowed = Path(name).expanduser(), applied.allowed
    if spec is not None and spec.names_file is not source.is_dir():
        kind = "files: give a folder of pictures" if spec.names_file else "values: give a text file"
        raise UsageError(f"this input takes {kind}", node=node, input=entry)
    if source.is_dir():
        values = [str(picture.resolve()) for picture in pictures_in(source)]
        allowed = (*allowed, source.resolve())  # the user typed it, so he may read it
    else:
        values = [read_value(line, spec) for line in read_lines(source)]
    return Varied([partial(with_input, path=path, value=value, final=True) for value in values], allowed)
