"""What of a prompt enters a key: a plain text as ever, else what its marks and its files say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from nodeflow.document.model import Workflow
from nodeflow.errors import InvalidWorkflow
from nodeflow.execution.plan import Plan, make_plan
from nodeflow.execution.workflow_files import WorkflowFiles
from nodeflow.files import Digests
from nodeflow.folders import Folders
from nodeflow.graph import Graph
from nodeflow.keys import Keyer, ReadDigests
from nodeflow.keys.compare import change
from nodeflow.keys.fingerprint import fingerprint
from nodeflow.node.registry import Registry
from nodeflow.values import Prompt

LONG = "a red apple and a green pear, " * 10


class Contents:
    """Digests that are the files' names."""

    def of(self, files: Mapping[str, Path]) -> str:
        return ",".join(path.name for path in files.values())


def entered(text: str, **embeddings: str) -> Any:
    files = {name: Path(file) for name, file in embeddings.items()}
    return fingerprint(Prompt(text, files), None, Contents())


@pytest.mark.parametrize("text", ["", "a red apple, 16:9", "it's | üñ", LONG[: LONG.index("pear") + 200]])
def test_a_plain_prompt_enters_keys_as_a_text(text: str) -> None:
    assert entered(text) == text


@pytest.mark.parametrize(
    "text", ["(cat:1.2)", "[cat]", "a)", r"a\b", "a BREAK b", "embedding:ink", LONG, "cat " * 76]
)
def test_a_prompt_that_was_read_otherwise_before_enters_otherwise(text: str) -> None:
    assert entered(text)["prompt"] == text


def test_only_a_prompt_that_changes_has_the_grammar_of_changes() -> None:
    grammars = {text: entered(text)["grammar"] for text in ("[a:b:0.4]", "[a|b]", "[a]", "(a:b:1.2)")}
    assert grammars == {"[a:b:0.4]": 2, "[a|b]": 2, "[a]": 1, "(a:b:1.2)": 1}


def test_75_tokens_are_one_chunk() -> None:
    assert entered("cat " * 75) == "cat " * 75


def test_the_content_of_embeddings_enters() -> None:
    assert entered("embedding:ink", ink="one") != entered("embedding:ink", ink="two")


def test_brackets_side_by_side_enter_anew_since_comfyui_parts_them() -> None:
    assert entered("(cat:1.2)(fish:1.2)")["grammar"] == 3
    assert [entered(text)["grammar"] for text in ("(cat:1.2) (fish:1.2)", "(cat:1.2)(fish:1.3)")] == [1, 1]


def test_prompts_are_compared_by_their_texts() -> None:
    assert change(entered("(cat:1.2)"), "dog") == "'(cat:1.2)' → 'dog'"
    assert change(entered("embedding:ink", ink="one"), entered("embedding:ink", ink="two")).startswith("{")


@pytest.fixture
def plan(tmp_path: Path, make_workflow: Callable[..., Workflow]) -> Callable[..., Plan]:
    """Plan one prompt, with a models folder that holds an embedding named ink."""
    import nodes

    folders = Folders(tmp_path, tmp_path, tmp_path, tmp_path, tmp_path, (tmp_path,))
    registry = Registry()
    registry.add_module(nodes)
    (tmp_path / "embeddings" / "styles").mkdir(parents=True)
    (tmp_path / "checkpoints").mkdir()

    def make(text: str, content: float = 0.0, **options: Any) -> Plan:
        vectors = {
            "clip_l": np.full((1, 768), content, np.float32),
            "clip_g": np.zeros((1, 1280), np.float32),
        }
        save_file(vectors, tmp_path / "embeddings" / "styles" / "ink.safetensors")
        save_file(
            {"model.diffusion_model.x": np.zeros(1), "conditioner.embedders.1.x": np.zeros(1)},
            tmp_path / "checkpoints" / "base.safetensors",
        )
        workflow = make_workflow(
            {
                "model": ("CheckpointLoader", {"checkpoint": "base"}),
                "prompt": ("TextEncode", {"model": {"from": "model.model"}, "text": text, **options}),
            }
        )
        files = WorkflowFiles(folders)
        keyer = Keyer(ReadDigests(Digests(tmp_path)), {}, files)
        return make_plan(Graph.build(workflow, registry), ["prompt"], files, keyer)

    return make


def test_an_embedding_is_found_in_the_models_folder_and_its_content_is_in_the_key(
    plan: Callable[..., Plan],
) -> None:
    text = "a (embedding:styles/ink:1.2) cat"
    assert plan(text).key("prompt") == plan(text).key("prompt")
    assert plan(text).key("prompt") != plan(text, 1.0).key("prompt")
    assert plan("a cat").key("prompt") == plan("a cat", 1.0).key("prompt")


def test_a_missing_embedding_is_named_with_node_and_input_before_anything_runs(
    plan: Callable[..., Plan],
) -> None:
    with pytest.raises(InvalidWorkflow) as caught:
        plan("a embedding:styles/inc cat")
    (problem,) = caught.value.problems
    assert (problem.node, problem.input) == ("prompt", "text")
    assert str(problem).startswith("prompt.text: There is no embedding 'styles/inc'")
    assert problem.advice == "Did you mean 'styles/ink'?"


def test_options_enter_the_key_only_when_set(plan: Callable[..., Plan]) -> None:
    found = {
        plan("(a:1.1)", **options).key("prompt")
        for options in (
            *({}, {"syntax": None}, {"syntax": "comfyui"}, {"syntax": "compel"}),
            *({"weighting": "keep_mean"}, {"weighting": "compel"}),
        )
    }
    assert len(found) == 5


def test_an_unknown_option_is_named(plan: Callable[..., Plan]) -> None:
    with pytest.raises(
        InvalidWorkflow, match=r"prompt\.syntax: must be one of a1111, comfyui, compel, not 'invoke'"
    ):
        plan("a", syntax="invoke")
