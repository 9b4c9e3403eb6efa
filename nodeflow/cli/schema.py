"""`nodeflow schema`: the JSON Schema of workflow files."""

from __future__ import annotations

import json

from nodeflow.cli.output import say
from nodeflow.document.schema import workflow_schema


def print_schema() -> None:
    """Print the schema, indented."""
    say(json.dumps(workflow_schema(), indent=2, ensure_ascii=False))
