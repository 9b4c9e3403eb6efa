"""Reading and writing workflow files: strict on the way in, canonical and atomic on the way out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from nodeflow.document.edit import with_drawn_seeds
from nodeflow.document.embedded import PICTURE_SUFFIX, embedded_text
from nodeflow.document.faults import problems_in
from nodeflow.document.json_text import MAX_BYTES, read_json, write_json
from nodeflow.document.migrations import migrate
from nodeflow.document.model import Workflow
from nodeflow.errors import InvalidWorkflow, MissingFile, Problem, one_line
from nodeflow.files.atomic import write_replacing
from nodeflow.folders import templates_folder

SUFFIX = ".json"

BODY_ORDER = ("nodes", "subgraphs", "seeds", "models", "layout", "frames", "notes", "extra")
WORKFLOW_ORDER = ("$schema", "format", "name", "description", "run", *BODY_ORDER)
SUBGRAPH_ORDER = ("description", "inputs", "outputs", *BODY_ORDER)
"""The order of keys in a canonical file: meaning first, layout last."""


def template_names() -> list[str]:
    """Names of the workflows that come with the program."""
    return sorted(path.stem for path in templates_folder().glob(f"*{SUFFIX}"))


def find_workflow(name: str | os.PathLike[str]) -> Path:
    """Return the file of a workflow given by its path or, for one that comes with the program, its name.

    Raises:
        MissingFile: If there is none.
    """
    path = Path(name)
    try:
        if path.is_file():
            return path
        template = templates_folder() / f"{path.name}{SUFFIX}"
        if path.name == str(name) and template.is_file():
            return template
        problem = "is a folder" if path.is_dir() else "does not exist"
    except (OSError, ValueError) as error:
        problem = f"cannot be read ({one_line(error)})"
    names = ", ".join(template_names())
    raise MissingFile(f"the workflow {str(name)!r} {problem}", advice=f"Give a file, or one of: {names}")


def load_workflow(name: str | os.PathLike[str]) -> Workflow:
    """Read a workflow from a file, a picture that was saved with it, or by name one that comes along.

    Raises:
        MissingFile: If there is no such file, or it cannot be read.
        InvalidWorkflow: If it is no valid workflow; carries every problem.
    """
    path = find_workflow(name)
    try:
        if path.suffix.lower() == PICTURE_SUFFIX:
            return _from_picture(path).at(path.resolve())
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)  # one more, so that what is too large shows
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise MissingFile(f"the workflow {path.name} cannot be read: {reason}") from None
    return parse_workflow(data).at(path.resolve())


def _from_picture(path: Path) -> Workflow:
    workflow = embedded_workflow(path)
    if workflow is None:
        advice = "Give a .json file, or a PNG as nodeflow saves them"
        raise InvalidWorkflow([Problem(f"{path.name} holds no workflow", advice=advice)])
    return workflow


def embedded_workflow(path: Path) -> Workflow | None:
    """The workflow that a picture came from, with the seeds that made it; None if it holds none.

    Raises:
        OSError: If the picture cannot be read.
        InvalidWorkflow: If what it holds is no valid workflow.
    """
    text = embedded_text(path)
    return None if text is None else with_drawn_seeds(parse_workflow(text))


def parse_workflow(data: bytes | str) -> Workflow:
    """Read a workflow from JSON text.

    Raises:
        InvalidWorkflow: If it is no valid workflow; carries every problem.
    """
    document = migrate(read_json(data.encode() if isinstance(data, str) else data))
    try:
        return Workflow.model_validate(document)
    except ValidationError as error:
        raise InvalidWorkflow(problems_in(error)) from None


def dump_workflow(workflow: Workflow) -> str:
    """Write a workflow as canonical JSON text; the same workflow always gives the same bytes."""
    document = workflow.model_dump(mode="json", by_alias=True, exclude_unset=True)
    document = {"$schema": workflow.schema_, "format": workflow.format, **document}
    if "subgraphs" in document:
        document["subgraphs"] = {
            name: _ordered(body, SUBGRAPH_ORDER) for name, body in document["subgraphs"].items()
        }
    return write_json(_ordered(document, WORKFLOW_ORDER))


def _ordered(document: dict[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
    return {key: document[key] for key in order if key in document}


def save_workflow(workflow: Workflow, path: str | os.PathLike[str]) -> None:
    """Write a workflow to a file; a crash leaves the old file or the new one, never a mixture.

    Raises:
        MissingFile: If the file cannot be written.
    """
    target = Path(path)
    if target.exists() and not target.is_file():  # a device would be replaced by a file
        raise MissingFile(f"{target} is not an ordinary file", advice="Choose another name")
    try:
        write_replacing(target, dump_workflow(workflow).encode())
    except UnicodeEncodeError as error:
        text = error.object[max(error.start - 20, 0) : error.start]
        advice = "Write that text again"
        raise MissingFile(
            f"{target} cannot be written: half a character follows {text!r}", advice=advice
        ) from None
    except OSError as error:
        raise MissingFile(f"{target} cannot be written: {error.strerror}") from None
