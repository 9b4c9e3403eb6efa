"""Jobs, events, errors and answers as plain JSON values, and back."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from nodeflow import errors
from nodeflow.cache import Tier
from nodeflow.document.files import dump_workflow, parse_workflow
from nodeflow.errors import ExitCode, InvalidWorkflow, NodeflowError, Problem, WrongSize
from nodeflow.execution import events
from nodeflow.execution.events import Event, Outcome
from nodeflow.execution.forecast import Forecast, NodeForecast
from nodeflow.execution.job import Job
from nodeflow.execution.look import Look
from nodeflow.execution.run import RunResult
from nodeflow.execution.said import Cause
from nodeflow.execution.why import Reason
from nodeflow.folders import Folders
from nodeflow.hardware import Dtype, Mode, Quality, Wishes
from nodeflow.pictures.small import SmallPicture, SmallPreview

Plain = dict[str, Any]


def pack_job(job: Job) -> Plain:
    """A job as plain values."""
    path = job.workflow.path
    return {
        "workflow": dump_workflow(job.workflow),
        "path": str(path) if path else None,
        "targets": list(job.targets),
        "output": str(job.output) if job.output else None,
        "allowed": [str(folder) for folder in job.allowed],
        "wishes": asdict(job.wishes),
        "interactive": job.interactive,
    }


def unpack_job(plain: Plain) -> Job:
    """The job; raises InvalidWorkflow if its workflow is none."""
    workflow = parse_workflow(plain["workflow"])
    if plain["path"]:
        workflow = workflow.at(Path(plain["path"]))
    kinds: Mapping[str, Callable[[Any], Any]] = {"quality": Quality, "dtype": Dtype, "mode": Mode}
    wishes = {name: _maybe(kinds.get(name), value) for name, value in plain["wishes"].items()}
    return Job(
        workflow,
        tuple(plain["targets"]),
        _maybe(Path, plain["output"]),
        tuple(map(Path, plain["allowed"])),
        Wishes(**wishes),
        interactive=plain["interactive"],
    )


def pack_folders(folders: Folders) -> Plain:
    """Folders as plain values."""
    return {
        **{name: str(path) for name, path in vars(folders).items()},
        "models": list(map(str, folders.models)),
    }


def unpack_folders(plain: Plain) -> Folders:
    """The same, back."""
    single: dict[str, Any] = {name: Path(path) for name, path in plain.items() if name != "models"}
    return Folders(**single, models=tuple(map(Path, plain["models"])))


def _maybe(kind: Callable[[Any], Any] | None, value: Any) -> Any:
    return value if kind is None or value is None else kind(value)


def pack_error(error: NodeflowError) -> Plain:
    """An error as plain values; where it came from travels as text."""
    problems = [asdict(problem) for problem in error.problems] if isinstance(error, InvalidWorkflow) else []
    cause = error.__cause__
    return {
        "kind": type(error).__name__,
        "message": error.message,
        "node": error.node,
        "input": error.input,
        "advice": error.advice,
        "code": int(error.exit_code),
        "wanted": error.wanted if isinstance(error, WrongSize) else None,
        "problems": problems,
        "trace": "".join(traceback.format_exception(cause)) if cause is not None else "",
    }


def unpack_error(plain: Plain) -> NodeflowError:
    """The error; a third party's kind of error becomes the core's. Its origin is a note (PEP 678)."""
    if plain["problems"]:
        problems = [Problem(**{**item, "code": ExitCode(item["code"])}) for item in plain["problems"]]
        return InvalidWorkflow(problems)
    kind = getattr(errors, plain["kind"], NodeflowError)
    place = {"node": plain["node"], "input": plain["input"]}
    error: NodeflowError = kind(plain["message"], **place, advice=plain["advice"])
    error.exit_code = ExitCode(plain["code"])
    if isinstance(error, WrongSize) and plain["wanted"]:
        error.wanted = tuple(plain["wanted"])
    if plain["trace"]:
        error.add_note(plain["trace"])
    return error


_EVENTS: Mapping[str, type[Event]] = {kind.__name__: kind for kind in Event.__subclasses__()}
_READ: Mapping[str, Callable[[Any], Any]] = {
    "causes": lambda plain: {node: _causes(causes) for node, causes in plain.items()},
    "nodes": tuple,
    "tier": Tier,
    "path": Path,
    "error": unpack_error,
    "outcome": Outcome,
}


def pack_event(event: Event, pictures: tuple[SmallPicture, ...] = ()) -> tuple[Plain, bytes]:
    """An event as plain values, and the pixels of its preview.

    Args:
        event: The event.
        pictures: Its preview, scaled down.
    """
    values: Plain = {}
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, NodeflowError):
            value = pack_error(value)
        elif isinstance(event, events.RunExplained):
            value = {node: [asdict(cause) for cause in causes] for node, causes in event.causes.items()}
        values[field.name] = str(value) if isinstance(value, Path) else value
    if isinstance(event, events.NodeProgress | events.ChoiceWanted):
        values["preview"], payload = pack_pictures(pictures)
        return {"kind": type(event).__name__, **values}, payload
    return {"kind": type(event).__name__, **values}, b""


def unpack_event(plain: Plain, payload: bytes) -> Event:
    """The event, as the executor told it."""
    values = {name: _READ[name](v) if name in _READ else v for name, v in plain.items() if name != "kind"}
    if "preview" in values:
        pictures = unpack_pictures(values["preview"], payload)
        values["preview"] = SmallPreview(pictures) if pictures else None
    return _EVENTS[plain["kind"]](**values)


def pack_pictures(pictures: tuple[SmallPicture, ...]) -> tuple[list[list[int]], bytes]:
    """Sizes, and all pixels in one piece."""
    return [[p.width, p.height] for p in pictures], b"".join(p.pixels for p in pictures)


def unpack_pictures(sizes: list[list[int]], payload: bytes) -> tuple[SmallPicture, ...]:
    """The pictures."""
    found, start = [], 0
    for width, height in sizes:
        end = start + width * height * 3
        found.append(SmallPicture(width, height, payload[start:end]))
        start = end
    return tuple(found)


def pack_look(look: Look) -> tuple[Plain, bytes]:
    """What can be seen of a value."""
    sizes, payload = pack_pictures(look.pictures)
    return {"kind": look.kind, "text": look.text, "pictures": sizes, "lines": list(look.lines)}, payload


def unpack_look(plain: Plain, payload: bytes) -> Look:
    """The same, back."""
    pictures = unpack_pictures(plain["pictures"], payload)
    return Look(plain["kind"], plain["text"], pictures, tuple(plain["lines"]))


def pack_forecast(forecast: Forecast) -> Plain:
    """What a run will do."""
    return asdict(forecast)


def unpack_forecast(plain: Plain) -> Forecast:
    """The same, back."""
    nodes = [
        NodeForecast(
            **{**node, "causes": _causes(node["causes"]), "tier": _maybe(Tier, node["tier"])},
        )
        for node in plain["nodes"]
    ]
    beside = {
        name: Reason(reason["action"], _causes(reason["causes"])) for name, reason in plain["beside"].items()
    }
    return Forecast(tuple(nodes), plain["peaks"], beside)


def _causes(plain: list[Plain]) -> tuple[Cause, ...]:
    return tuple(Cause(**cause) for cause in plain)


def pack_result(result: RunResult, results: Mapping[str, Look]) -> Plain:
    """How a run ended; of its values only what they are."""
    return {
        "outcome": result.outcome,
        "results": {name: [look.kind, look.text] for name, look in results.items()},
        "files": [str(path) for path in result.files],
        "errors": [pack_error(error) for error in result.errors],
        "warnings": list(result.warnings),
        "seconds": result.seconds,
    }


def unpack_result(plain: Plain, results: Mapping[str, Any]) -> RunResult:
    """The result.

    Args:
        plain: What `pack_result` gave.
        results: The values, or what stands for them.
    """
    return RunResult(
        Outcome(plain["outcome"]),
        results,
        tuple(map(Path, plain["files"])),
        tuple(map(unpack_error, plain["errors"])),
        tuple(plain["warnings"]),
        plain["seconds"],
    )
