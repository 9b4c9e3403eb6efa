"""`nodeflow prompt`: what a prompt becomes."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

Program = Callable[..., Any]


def test_each_word_is_shown_with_its_weight_and_chunk(nodeflow: Program) -> None:
    lines = nodeflow("prompt", "a (red:1.4) axolotl 😀, [dim] BREAK b").out.splitlines()
    assert [line.split() for line in lines[:6]] == [
        ["chunk", "tokens", "weight", "reads"],
        ["1", "1", "1", "a"],
        ["1", "1", "1.4", "red"],
        ["1", "6", "1", "ax·o·lot·l", "😀·,"],
        ["1", "1", "0.9091", "dim"],
        ["2", "1", "1", "b"],
    ]
    assert lines[6:] == ["", "Chunk 1: 9 of 75 tokens", "Chunk 2: 1 of 75 tokens"]


def test_what_does_not_act_as_it_looks_is_said(nodeflow: Program) -> None:
    out = nodeflow("prompt", "a (cat").out
    assert out.endswith("At letter 3: '(' is never closed and weighs all that follows\n")


def test_what_is_said_several_times_is_said_once(nodeflow: Program) -> None:
    assert nodeflow("prompt", "((((((( a ]").out.splitlines()[-2:] == [
        "At letters 1, 2, 3, 4, 5 and 2 more: '(' is never closed and weighs all that follows",
        "At letter 11: ']' closes nothing and is read as a word",
    ]


def test_signs_that_steer_a_terminal_are_written_out(nodeflow: Program) -> None:
    out = nodeflow("prompt", "[a\nb:c:0.5] \x1b \u202e <lora:\x07>").out
    assert out.startswith("From 0 % to 50 % of the run: a b \\x1b \\u202e ")
    assert "'<lora:\\x07>' is read as words" in out
    assert not {"\x1b", "\x07", "\u202e"} & set(out)


def test_where_a_prompt_changes_from_nothing_that_is_said(nodeflow: Program) -> None:
    assert nodeflow("prompt", "[a:0.5]").out.startswith("From 0 % to 50 % of the run: (no words)\n")


def test_the_other_syntax_reads_otherwise(nodeflow: Program) -> None:
    assert "1.65" in nodeflow("prompt", "((cat:1.5))").out
    assert "1.65" not in nodeflow("prompt", "((cat:1.5))", "--syntax", "comfyui").out


def test_what_joined_texts_count_is_shown(nodeflow: Program) -> None:
    lines = nodeflow("prompt", "--syntax", "compel", '("a b", "c").and(0.7, 1) d').out.splitlines()
    assert lines[-3:] == [
        "Chunk 1: 2 of 75 tokens, of weight 0.7",
        "Chunk 2: 1 of 75 tokens",
        "At letter 26: what stands behind '.and(…)' is left out",
    ]
    blend = '("a", "b").blend(3, 1)'
    assert nodeflow("prompt", "--syntax", "compel", blend).out.splitlines()[-2:] == [
        "Chunk 1: 1 of 75 tokens, mixed with a share of 0.75",
        "Chunk 2: 1 of 75 tokens, mixed with a share of 0.25",
    ]
    (event,) = nodeflow("prompt", "--syntax", "compel", blend, "--json").events
    texts = [{"share": 0.75, "chunks": 1}, {"share": 0.25, "chunks": 1}]
    assert event["parts"] == [{"weight": 1, "texts": texts}]
    assert "parts" not in nodeflow("prompt", "a BREAK b", "--json").events[0]


def test_other_programs_get_json(nodeflow: Program) -> None:
    (event,) = nodeflow("prompt", "a (cat:1.5) (x", "--json").events
    assert event["tokens"] == 3
    assert event["chunks"][0][1] == {"text": "cat", "weight": 1.5, "ids": [2368]}
    assert event["notes"][0]["start"] == 12


def test_the_guide_shows_what_is_printed(nodeflow: Program) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "prompts.md").read_text("utf-8")
    examples = guide.split("```\n$ nodeflow prompt ")[1:]
    assert len(examples) == 3
    for example in examples:
        command, _, shown = example.partition("```")[0].partition("\n")
        assert nodeflow("prompt", *shlex.split(command)).out == shown


def test_of_what_changes_every_text_is_shown_with_its_time(nodeflow: Program) -> None:
    lines = nodeflow("prompt", "[a:b:3] [c|d]").out.splitlines()
    assert [line for line in lines if ": " in line] == [
        "From step 1 to step 3, step 1 of every 2: a c",
        "From step 1 to step 3, step 2 of every 2: a d",
        "From step 4 to the end, step 1 of every 2: b c",
        "From step 4 to the end, step 2 of every 2: b d",
    ]
    (event,) = nodeflow("prompt", "[a:b:0.5]", "--json").events
    assert [variation["text"] for variation in event["variations"]] == ["a", "b"]
    assert event["variations"][1]["moments"][0]["start"] == 0.5


def test_an_empty_prompt_is_an_empty_chunk(nodeflow: Program) -> None:
    assert nodeflow("prompt", "").out == "Chunk 1: 0 of 75 tokens\n"


def test_an_embedding_counts_as_its_vectors(nodeflow: Program) -> None:
    folder = Path(os.environ["NODEFLOW_MODELS_DIR"]) / "embeddings"
    folder.mkdir()
    vectors = {"clip_l": np.zeros((4, 768), np.float32), "clip_g": np.zeros((4, 1280), np.float32)}
    save_file(vectors, folder / "ink.safetensors")
    answer = nodeflow("prompt", "a (embedding:ink:1.2)")
    assert answer.out.splitlines()[2].split() == ["1", "4", "1.2", "embedding:ink"]
    assert (
        nodeflow("prompt", "a embedding:ink", "--json").events[0]["chunks"][0][0]["ids"] == [320] + [None] * 4
    )


def test_an_embedding_that_is_not_there_is_one_clear_line(nodeflow: Program) -> None:
    answer = nodeflow("prompt", "embedding:ink")
    assert answer.code == 4
    assert answer.err.startswith("error: There is no embedding 'ink' in ")
    assert len(answer.errors) == 1


def test_a_syntax_that_is_not_there_is_one_clear_line(nodeflow: Program) -> None:
    answer = nodeflow("prompt", "a", "--syntax", "invoke")
    assert (answer.code, answer.err) == (
        2,
        "error: there is no syntax 'invoke'. There are: a1111, comfyui, compel\n",
    )
