"""What the tests of the document share: the installed node types and a workflow that uses them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from nodeflow.document.files import load_workflow
from nodeflow.document.model import Workflow
from nodeflow.node.registry import Registry
from nodeflow.node.spec import NodeSpec
from ui.document import edits


@pytest.fixture(scope="session")
def specs() -> Mapping[str, NodeSpec]:
    """The installed node types, by name."""
    return {node.spec.type: node.spec for node in Registry.installed()}


@pytest.fixture
def picture() -> Workflow:
    """The template that makes a picture of a text: checkpoint, prompts, latent, sampler, decode, save.

    Nothing is on its app panel.
    """
    workflow = load_workflow("text_to_image")
    for shown in edits.panel_inputs(workflow):
        _, node, name = shown.place
        workflow = edits.hide_from_panel(workflow, f"{node}.{name}")
    return workflow
