"""How names, places and colours are written in a workflow file, in code and in the published schema."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

NAME_RULE = "a name has 1 to 100 characters, without '.', '/' or '\\', and no space at either end"


@dataclass(frozen=True)
class Written:
    """Says how a text is written.

    Attributes:
        pattern: A regular expression that Python and ECMAScript read alike.
        rule: The same in words.
    """

    pattern: str
    rule: str

    def check(self, text: str) -> str:
        """Return the text, or raise ValueError if it is written otherwise."""
        if text.endswith("\n") or not re.search(self.pattern, text):
            raise ValueError(f"{self.rule}; {text!r:.60} is none")
        return text

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), "pattern": self.pattern}


Name = Annotated[str, Written(r"^(?!\s)[^./\\\x00-\x1f\x7f]{1,100}(?<!\s)$", NAME_RULE)]
SeedPlace = Annotated[str, Written(r"^[^./\\]+\.[^./\\]+$", "a seed's place reads like sampler.seed")]
Color = Annotated[str, Written(r"^#[0-9a-fA-F]{6}$", "a colour reads like #20a0ff")]
Key = Annotated[str, Written(r"^[0-9a-f]{64}$", "the key of a result is 64 digits, 0 to f")]
Digest = Annotated[str, Written(r"^sha256:[0-9a-f]{64}$", "a digest is sha256: and 64 digits, 0 to f")]
