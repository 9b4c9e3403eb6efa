"""What a prompt means: its marks, tokens, chunks and weights. Pure and light: no tokenizer library."""

from nodeflow.prompts.chunks import CHUNK, Chunk, Token, Tokenizer, chunked, padded
from nodeflow.prompts.parse import embedding_names, is_marked, parse
from nodeflow.prompts.reading import Reading, Run, read
from nodeflow.prompts.schedule import MOST_TEXTS
from nodeflow.prompts.syntax import Change, Group, Mark, Note, Parsed, Piece, Span, Syntax, Variation
from nodeflow.prompts.vocabulary import Vocabulary, clip_vocabulary
from nodeflow.prompts.weighting import Weighting, weighted

__all__ = [
    "CHUNK",
    "MOST_TEXTS",
    "Change",
    "Chunk",
    "Group",
    "Mark",
    "Note",
    "Parsed",
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
    "read",
    "weighted",
]
