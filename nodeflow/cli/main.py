"""`nodeflow`: the commands and their options. What each does lives in a module of its name."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from nodeflow.cli.groups import cache_app, desktop_app
from nodeflow.cli.model_commands import convert, download, models
from nodeflow.cli.options import (
    DeviceOption,
    JsonOption,
    ModeOption,
    QualityOption,
    SeedOption,
    SetOption,
    WorkflowArgument,
)
from nodeflow.cli.output import complain, report
from nodeflow.errors import ExitCode, NodeflowError, UsageError, one_line
from nodeflow.version import __version__

app = typer.Typer(
    name="nodeflow",
    help="Run SDXL workflows: the same small file in the editor, here, and in a batch.",
    epilog="Exit codes: 0 done, 1 a node failed, 2 usage, 3 invalid workflow, 4 a model or file is missing, "
    "5 out of memory, 130 cancelled.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(cache_app, name="cache")
app.add_typer(desktop_app, name="desktop")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"nodeflow {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Run SDXL workflows: the same small file in the editor, here, and in a batch."""
    if context.invoked_subcommand is None:
        _open_editor_or_help(context)


def _open_editor_or_help(context: typer.Context) -> None:
    """Open the editor; where it cannot be, show what else there is, and say in one line why."""
    try:
        ui()
    except UsageError as error:
        typer.echo(context.get_help())
        typer.echo()
        raise typer.Exit(report(error)) from None


@app.command()
def run(
    workflow: WorkflowArgument,
    *,
    settings: SetOption = None,
    seed: SeedOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where pictures go: a folder, or a .png file, which is replaced."),
    ] = None,
    to: Annotated[
        list[str] | None, typer.Option("--to", metavar="NODE", help="Run only up to this node. Repeatable.")
    ] = None,
    repeat: Annotated[
        int, typer.Option("--repeat", min=1, help="Run so many times; seeds change as their modes say.")
    ] = 1,
    each: Annotated[
        str | None,
        typer.Option(
            "--each",
            metavar="NODE.INPUT=FILE|FOLDER",
            help="Run once for each line of a text file, or for each picture of a folder.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say which nodes would run, and why.")
    ] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Compute all anew, and keep nothing.")] = False,
    quality: QualityOption = None,
    device: DeviceOption = None,
    mode: ModeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run a workflow. Prints the files it saved; progress goes to stderr."""
    from nodeflow.cli.run import run_workflow
    from nodeflow.cli.wishes import read_wishes

    code = run_workflow(
        workflow,
        settings=settings or (),
        seed=seed,
        output=out,
        targets=tuple(to or ()),
        repeat=repeat,
        each=each,
        cached=not no_cache,
        dry=dry_run,
        wishes=read_wishes(quality, device, mode),
        as_json=as_json,
    )
    raise typer.Exit(code)


@app.command()
def validate(workflow: WorkflowArgument, settings: SetOption = None, as_json: JsonOption = False) -> None:
    """Check a workflow without running it: every problem, one line each."""
    from nodeflow.cli.validate import validate_workflow

    raise typer.Exit(validate_workflow(workflow, settings or [], as_json))


@app.command()
def why(
    workflow: WorkflowArgument,
    node: Annotated[str, typer.Argument(metavar="NODE", help="A node of the workflow.")],
    settings: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a node would run now, or why it would not."""
    from nodeflow.cli.why import explain_node

    raise typer.Exit(explain_node(workflow, node, settings or (), as_json=as_json))


@app.command()
def nodes(
    type_id: Annotated[
        str | None, typer.Argument(metavar="[TYPE]", help="Show one node type in full.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the node types, or show one with its inputs and outputs."""
    from nodeflow.cli.nodes import list_nodes

    raise typer.Exit(list_nodes(type_id, as_json))


@app.command()
def prompt(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A prompt, in quotes.")],
    syntax: Annotated[
        str, typer.Option("--syntax", metavar="a1111|comfyui|compel", help="How its marks are read.")
    ] = "a1111",
    as_json: JsonOption = False,
) -> None:
    """Show what a prompt becomes: its tokens, chunks and weights, and what is ignored."""
    from nodeflow.cli.prompt import show_prompt

    raise typer.Exit(show_prompt(text, syntax, as_json))


app.command()(models)
app.command()(convert)
app.command()(download)


@app.command()
def schema() -> None:
    """Print the JSON Schema of workflow files."""
    from nodeflow.cli.schema import print_schema

    print_schema()


@app.command()
def doctor(
    checkpoint: Annotated[str, typer.Argument(help="A checkpoint; none: SDXL base.")] = "",
    profile: Annotated[
        Path | None, typer.Option("--profile", help="A machine's profile, as printed by --json.")
    ] = None,
    *,
    refiner: Annotated[str, typer.Option("--refiner", help="A refiner to use as well.")] = "",
    width: Annotated[int, typer.Option("--width", min=64, help="Of the pictures, in pixels.")] = 1024,
    height: Annotated[int, typer.Option("--height", min=64, help="Of the pictures, in pixels.")] = 1024,
    batch: Annotated[int, typer.Option("--batch", min=1, help="Pictures made at once.")] = 1,
    quality: QualityOption = None,
    device: DeviceOption = None,
    mode: ModeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what this machine can do, and where a model's parts would fit."""
    from nodeflow.cli.doctor import run_doctor
    from nodeflow.cli.wishes import read_wishes

    wishes = read_wishes(quality, device, mode)
    size = (width, height, batch)
    raise typer.Exit(run_doctor(profile, checkpoint, as_json, refiner=refiner, wishes=wishes, size=size))


@app.command()
def ui(
    files: Annotated[list[str] | None, typer.Argument(metavar="[WORKFLOW]...", help="Files to open.")] = None,
) -> None:
    """Open the editor."""
    from importlib.metadata import entry_points

    for point in entry_points(group="nodeflow.editor"):
        raise typer.Exit(point.load()(files or ()))
    raise UsageError("the editor is not installed", advice="Install it with: pip install 'nodeflow[ui]'")


def main() -> None:
    """Entry point: every error becomes one line and an exit code; never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name must not fail for want of a character
    sys.exit(_run_app())


def _run_app() -> int:
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        return report(UsageError(error.format_message(), advice="nodeflow --help tells what there is"))
    except NodeflowError as error:
        return report(error)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left; so do we
        return ExitCode.NODE_FAILED
    except Exception as error:
        if os.environ.get("NODEFLOW_TRACEBACK"):
            raise
        text = f"{type(error).__name__}: {one_line(error)}"
        complain(f"something unforeseen happened: {text}. NODEFLOW_TRACEBACK=1 shows where")
        return ExitCode.NODE_FAILED
    return code or ExitCode.DONE


if __name__ == "__main__":
    main()
