"""The published JSON Schema of the workflow format, generated from the model."""

from __future__ import annotations

from typing import Any

from nodeflow.document.model import SCHEMA_ID, Workflow
from nodeflow.document.values import INPUT_MARK, INPUT_SCHEMA


def workflow_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of format 1."""
    schema = _mended(Workflow.model_json_schema(by_alias=True))
    schema["$defs"]["Input"] = INPUT_SCHEMA
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **schema,
        "title": "nodeflow workflow, format 1",
        "required": ["format", "nodes"],
    }


def _mended(schema: Any) -> Any:
    """Say what pydantic cannot: inputs hold inputs, and keys written otherwise are not allowed."""
    if isinstance(schema, list):
        return [_mended(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: _mended(value) for key, value in schema.items()}
    if "patternProperties" in result:
        result["additionalProperties"] = False
    if INPUT_MARK.items() <= schema.items():
        kept = {key: value for key, value in result.items() if key not in INPUT_MARK}
        result = {"$ref": "#/$defs/Input", **kept}
    return result
