"""Marks of other programs that mean nothing here: they are read as words, and that is said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodeflow.prompts.syntax import Note, Syntax
from nodeflow.prompts.wildcards import NAME

_OR_COMPEL = ", or let syntax be 'compel'"
_MARKS = (
    (re.compile(r"<(?:lora|lyco|hypernet):[^<>]*>"), "link a LoRALoader to the model instead"),
    (re.compile(r"\b(?:with|use)Lora\([^()]*\)"), "link a LoRALoader to the model instead"),
    (re.compile(r"\.blend(?=\()"), f"ConditioningAverage mixes prompts{_OR_COMPEL}"),
    (re.compile(r"\.(?:and|add)(?=\()"), f"BREAK puts chunks one after the other{_OR_COMPEL}"),
    (re.compile(r"\.swap(?=\()"), "[cat:dog:0.4] changes words during a run"),
    (
        re.compile(r"(?<=\w)(?:\+{2,}|-{2,})(?=[\s,.;)]|$)|(?<=\))[+-]+"),
        f"write the weight, as in (cat:1.2){_OR_COMPEL}",
    ),
    (re.compile(r"(?<=\))\d+(?:\.\d+)?"), f"write the weight inside, as in (cat:1.5){_OR_COMPEL}"),
)
"""Of A1111's networks and of compel's syntax: what they look like, and what does it here."""

_SQUARE = (re.compile(r"\[[^\[\]]+\]"), "square brackets are marks where syntax is 'a1111'")
_IN_COMFYUI = (_SQUARE, (re.compile(r"\bBREAK\b"), "ConditioningConcat puts chunks one after the other"))
"""Of A1111's syntax, which is the usual one here."""

_IN_COMPEL = (
    _MARKS[0],
    _SQUARE,
    (re.compile(r":\s*\d+(?:\.\d+)?(?=\s*\))"), "write the weight behind the bracket, as in (cat)1.5"),
    (re.compile(r"\bBREAK\b"), 'write ("a", "b").and()'),
)
"""Of the others' syntax, and of diffusers' names for textual inversions."""

_EVERYWHERE = (
    (re.compile(r"<[^\W\d][\w-]*>"), "name the file of an embedding, as in embedding:ink"),
    (
        re.compile(r"(?<![\w-])(?!embedding:[\w./-])(?i:embeddings?):\s*\w[\w-]*"),
        "write it as embedding:ink, in small letters and without a space",
    ),
    (
        re.compile(r"（[^（）]*[:：]\s*[\d.]+\s*[）)]"),  # noqa: RUF001 - these signs are meant
        "write narrow brackets and a narrow colon, as in (cat:1.5)",
    ),
)
"""Slips that mean nothing to any program."""

_TOGETHER = (re.compile(r"\bAND\b"), "ConditioningCombine lets prompts act together")
"""Of A1111 alone."""

_CHOICES = (
    (re.compile(r"\{[^{}|]*\|[^{}]*\}"), "write it in a TextTemplate, which chooses, and link that"),
    (re.compile(r"\{[^{}|]*\|[^{}]*$"), "'{' is never closed, or a TextTemplate would choose"),
    (NAME, "write it in a TextTemplate, which takes a line of that list, and link that"),
)
"""Of dynamic prompts, which know them in every syntax."""

_FOREIGN = {
    Syntax.A1111: (*_MARKS, _TOGETHER, *_CHOICES, *_EVERYWHERE),
    Syntax.COMFYUI: (*_MARKS, *_IN_COMFYUI, *_CHOICES, *_EVERYWHERE),
    Syntax.COMPEL: (*_IN_COMPEL, *_CHOICES, *_EVERYWHERE),
}


def foreign_marks(text: str, syntax: Syntax) -> Iterator[Note]:
    """What is written for other programs, each with what does the same here.

    Args:
        text: Any text.
        syntax: How it is read.
    """
    for pattern, instead in _FOREIGN[syntax]:
        for found in pattern.finditer(text):
            yield Note(found.start(), f"'{found.group()[:40]}' is read as words; {instead}")
