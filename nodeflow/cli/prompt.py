"""`nodeflow prompt`: what a prompt becomes."""

from __future__ import annotations

from typing import Any

from nodeflow.cli.output import print_json, say, table
from nodeflow.errors import ExitCode, UsageError
from nodeflow.folders import Folders
from nodeflow.models import Catalogue, ModelKind
from nodeflow.prompts import CHUNK, Reading, Run, Syntax, embedding_names, read
from nodeflow.prompts.inversions import find_tensor


def show_prompt(text: str, syntax: str, as_json: bool) -> ExitCode:
    """Print a prompt's chunks, each word with its weight, and what does not act as it looks.

    Raises:
        UsageError: If there is no such syntax.
        MissingFile: If the prompt names an embedding that is not there.
    """
    reading = read(text, _syntax(syntax), _vectors(text))
    if as_json:
        print_json(_plain(reading))
        return ExitCode.DONE
    rows = [(str(i + 1), *_row(run)) for i in range(len(reading.chunks)) for run in reading.runs(i)]
    if rows:
        table(("chunk", "tokens", "weight", "reads"), rows)
        say("")
    for number, chunk in enumerate(reading.chunks, 1):
        say(f"Chunk {number}: {len(chunk)} of {CHUNK} tokens")
    for note in reading.notes:
        say(f"At letter {note.start + 1}: {note.message}")
    return ExitCode.DONE


def _syntax(name: str) -> Syntax:
    try:
        return Syntax(name)
    except ValueError:
        advice = f"There are: {', '.join(Syntax)}"
        raise UsageError(f"there is no syntax {name!r}", advice=advice) from None


def _vectors(text: str) -> dict[str, int]:
    """How many vectors each embedding has, for the encoder that it has more for."""
    names = embedding_names(text)
    if not names:
        return {}
    catalogue = Catalogue(Folders.from_environment())
    found: dict[str, int] = {}
    for name in names:
        file = catalogue.find(name, ModelKind.EMBEDDING).path
        tensors = (find_tensor(name, file, encoder) for encoder in (1, 2))
        found[name] = max((count for _, count in filter(None, tensors)), default=0)
    return found


def _row(run: Run) -> tuple[str, str, str]:
    return str(len(run.tokens)), f"{run.weight:.4g}", run.text


def _plain(reading: Reading) -> dict[str, Any]:
    chunks = [
        [
            {
                "text": run.text,
                "weight": run.weight,
                "ids": [None if token.embedding else token.id for token in run.tokens],
            }
            for run in reading.runs(number)
        ]
        for number in range(len(reading.chunks))
    ]
    notes = [{"start": note.start, "message": note.message} for note in reading.notes]
    return {"tokens": reading.tokens, "chunks": chunks, "notes": notes}
