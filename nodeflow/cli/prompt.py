"""`nodeflow prompt`: what a prompt becomes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from nodeflow.cli.output import print_json, printable, say, table
from nodeflow.errors import ExitCode, UsageError
from nodeflow.folders import Folders
from nodeflow.models import Catalogue, ModelKind
from nodeflow.prompts import CHUNK, Note, Part, Reading, Run, Syntax, embedding_names, parse, read
from nodeflow.prompts.inversions import find_tensor
from nodeflow.values import Moment

_MOST_PLACES = 5


def show_prompt(text: str, syntax: str, as_json: bool) -> ExitCode:
    """Print a prompt's chunks, each word with its weight, and what does not act as it looks.

    Raises:
        UsageError: If there is no such syntax.
        MissingFile: If the prompt names an embedding that is not there.
    """
    chosen = _syntax(syntax)
    readings = read(text, chosen, _vectors(text))
    notes = parse(text, chosen).notes
    if as_json:
        print_json(_plain(readings, notes))
        return ExitCode.DONE
    for number, reading in enumerate(readings):
        if len(readings) > 1:
            text = printable(" ".join(reading.text.split())) or "(no words)"
            say(f"{chr(10) if number else ''}{_when(reading.moments)}: {text}")
        _show(reading, lengths=len(readings) == 1)
    _say_notes(notes)
    return ExitCode.DONE


def _say_notes(notes: Iterable[Note]) -> None:
    """What is noted several times is said once, with its first places."""
    places: dict[str, list[int]] = {}
    for note in notes:
        places.setdefault(note.message, []).append(note.start + 1)
    for message, found in places.items():
        shown = ", ".join(map(str, found[:_MOST_PLACES]))
        more = f" and {len(found) - _MOST_PLACES} more" if len(found) > _MOST_PLACES else ""
        say(f"At letter{'s' if len(found) > 1 else ''} {shown}{more}: {printable(message)}")


def _show(reading: Reading, *, lengths: bool) -> None:
    rows = [(str(i + 1), *_row(run)) for i in range(len(reading.chunks)) for run in reading.runs(i)]
    if rows:
        table(("chunk", "tokens", "weight", "reads"), rows)
    if not lengths:
        return
    if rows:
        say("")
    for number, (chunk, counts) in enumerate(zip(reading.chunks, _counts(reading), strict=True), 1):
        say(f"Chunk {number}: {len(chunk)} of {CHUNK} tokens{counts}")


def _counts(reading: Reading) -> Iterator[str]:
    """What each chunk counts, where that is not all: its part's weight, its text's share of a mixture."""
    for part in reading.parts:
        weight = "" if part.weight == 1 else f", of weight {part.weight:.4g}"
        for text, share in zip(part.texts, part.shares, strict=True):
            mixed = f", mixed with a share of {share:.4g}" if len(part.texts) > 1 else ""
            yield from [f"{weight}{mixed}"] * len(text.chunks)


def _when(moments: tuple[Moment, ...]) -> str:
    text = "; ".join(map(_stretch, moments))
    return text[0].upper() + text[1:]


def _stretch(moment: Moment) -> str:
    """A moment in words, as `from 40 % to 100 % of the run, step 1 of every 2`."""
    parts = []
    if (moment.start, moment.end) != (0, 1):
        parts.append(f"from {moment.start * 100:.6g} % to {moment.end * 100:.6g} % of the run")
    if moment.first or moment.last is not None:
        until = "the end" if moment.last is None else f"step {moment.last}"
        parts.append(f"from step {moment.first + 1} to {until}")
    if moment.turns > 1:
        parts.append(f"step {moment.turn + 1} of every {moment.turns}")
    return ", ".join(parts) or "always"


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


def _plain(readings: tuple[Reading, ...], notes: tuple[Note, ...]) -> dict[str, Any]:
    first, *later = readings
    plain = {
        **_plain_reading(first),
        "notes": [{"start": note.start, "message": note.message} for note in notes],
    }
    if later:
        plain["variations"] = [
            {"text": reading.text, "moments": [asdict(m) for m in reading.moments], **_plain_reading(reading)}
            for reading in readings
        ]
    return plain


def _plain_reading(reading: Reading) -> dict[str, Any]:
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
    plain: dict[str, Any] = {"tokens": reading.tokens, "chunks": chunks}
    if any(part != Part(part.texts[:1]) for part in reading.parts):
        plain["parts"] = [
            {
                "weight": part.weight,
                "texts": [
                    {"share": share, "chunks": len(text.chunks)}
                    for text, share in zip(part.texts, part.shares, strict=True)
                ],
            }
            for part in reading.parts
        ]
    return plain
