"""Turning what pydantic finds in a document into problems that artists can read."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from nodeflow.errors import Problem, one_line

MOST_PROBLEMS = 20
"""More would only hide the first ones, and a file with so many is no workflow."""

_EXPECTED = {
    "bool": "true or false",
    "dict": "an object, { … }",
    "float": "a number",
    "int": "a whole number",
    "model": "an object, { … }",
    "string": "a text",
    "tuple": "a list, [ … ]",
}
_MESSAGES = {
    "missing": "is missing",
    "extra_forbidden": "is not part of the format",
    "greater_than_equal": "must be {ge} or more, not {input}",
    "less_than_equal": "must be {le} or less, not {input}",
    "enum": "must be {expected}, not {input}",
    "string_too_short": "must not be empty",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "{input} is not written as it must be",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
}


def problems_in(error: ValidationError) -> list[Problem]:
    """Every problem, naming node and input where there is one; at most `MOST_PROBLEMS` of them."""
    last_of_place = {fault["loc"][: _depth(fault)]: fault for fault in error.errors(include_url=False)}
    problems = [_problem(fault) for fault in last_of_place.values()]
    more = len(problems) - MOST_PROBLEMS
    if more > 0:
        problems[MOST_PROBLEMS:] = [Problem(f"and {more} more problems of this kind")]
    return problems


def _depth(fault: Any) -> int:
    """How much of a fault's place stands in the file: pydantic appends each type of a union that it tried."""
    return len(fault["loc"]) - (fault["loc"][-1:] in (("int",), ("float",)))


def _problem(fault: Any) -> Problem:
    where = [str(part) for part in fault["loc"][: _depth(fault)]]
    if where[-1:] == ["[key]"]:
        del where[-1]
    node = name = None
    if len(where) > 1 and where[0] == "subgraphs":
        node, where = where[1], where[2:]
    if len(where) > 1 and where[0] == "nodes":
        node, where = f"{node}/{where[1]}" if node else where[1], where[2:]
        if len(where) > 1 and where[0] == "inputs":
            name, where = where[1], where[2:]
    colon = ":" if fault["type"] == "value_error" else ""
    place = f'"{".".join(where)}"{colon} ' if where else ""
    return Problem(place + _message(fault), node=node, input=name)


def _message(fault: Any) -> str:
    kind: str = fault["type"]
    if kind == "value_error":
        return str(fault["ctx"]["error"])
    shown = _shown(fault["input"])
    if kind in _MESSAGES:
        return _MESSAGES[kind].format(**{**fault.get("ctx", {}), "input": shown})
    expected = _EXPECTED.get(kind.partition("_")[0])
    return f"must be {expected}, not {shown}" if expected else one_line(fault["msg"], 120)


def _shown(value: Any) -> str:
    """A value as it can stand in a message."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return one_line(repr(value) if isinstance(value, str) else json.dumps(value), 40)
