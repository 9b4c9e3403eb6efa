"""What a prompt means: its marks, tokens, chunks and weights. Pure and light: no tokenizer library."""

from nodeflow.prompts.chunks import Passage, chunked, padded, passages, pooled_chunk
from nodeflow.prompts.parse import embedding_names, is_marked, parse
from nodeflow.prompts.reading import Reading, Run, read
from nodeflow.prompts.schedule import MOST_TEXTS
from nodeflow.prompts.syntax import (
    Change,
    Group,
    Mark,
    Note,
    Parsed,
    Part,
    Piece,
    Span,
    Syntax,
    Variation,
)
from nodeflow.prompts.tokens import CHUNK, Chunk, Token, Tokenizer
from nodeflow.prompts.vocabulary import Vocabulary, clip_vocabulary
from nodeflow.prompts.weighting import Weighting, usual_weighting, weighted

__all__ = [
    "CHUNK",
    "MOST_TEXTS",
    "Change",
    "Chunk",
    "Group",
    "Mark",
    "Note",
    "Parsed",
    "Part",
    "Passage",
    "Piece",
    "Reading",
    "Run",
    "Span",
    "Syntax",
    "Token",
    "Tokenizer",
    "Variation",
    "Vocabulary",
    "Weighting",
    "chunked",
    "clip_vocabulary",
    "embedding_names",
    "is_marked",
    "padded",
    "parse",
    "passages",
    "pooled_chunk",
    "read",
    "usual_weighting",
    "weighted",
]
