"""`nodeflow download`, from a hub on this machine: only with consent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from huggingface_hub import constants

from nodeflow.models.hub import downloaded, hub_cache
from tests.models.hub_server import Hub, serving

NAME = "somebody/small-sdxl"
Program = Callable[..., Any]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    index = json.dumps({"_class_name": "StableDiffusionXLPipeline"}).encode()
    with serving(NAME, {"model_index.json": index, "unet/config.json": b"{}" * 1000}) as server:
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(hub_cache()))
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        yield server


def test_nothing_is_downloaded_without_consent(hub: Hub, nodeflow: Program) -> None:
    answer = nodeflow("download", NAME)
    assert (answer.code, answer.out) == (2, "")
    assert answer.errors == [f"error: {NAME} takes 0.0 MB. Add --yes to download it"]
    assert hub.served == 0
    assert downloaded(NAME) is None


def test_with_consent_it_is_downloaded_once(hub: Hub, nodeflow: Program) -> None:
    answer = nodeflow("download", NAME, "--yes", "--json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.events == [
        {"event": "downloaded", "model": NAME, "path": str(downloaded(NAME)), "bytes": 2044}
    ]
    served = hub.served
    assert nodeflow("download", NAME).code == 0  # nothing is missing, so nothing is asked
    assert hub.served == served


@pytest.mark.parametrize(("answer", "code"), [(True, 0), (False, 130)])
def test_people_are_asked(
    answer: bool, code: int, hub: Hub, nodeflow: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def confirm(question: str, **_: object) -> bool:
        asked.append(question)
        return answer

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", confirm)
    assert nodeflow("download", NAME).code == code
    assert asked == [f"Download 0.0 MB of {NAME}?"]
    assert bool(hub.served) is answer
