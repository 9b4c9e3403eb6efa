"""Compiled blocks compute what plain ones do, whatever LoRAs and hooks they carry, and only on request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import diffusers
import pytest
import torch
from peft import LoraConfig

from nodeflow.backends.torch import compiling
from nodeflow.backends.torch.compiling import can_compile, compiled_blocks
from nodeflow.backends.torch.interrupt import interruptible
from nodeflow.backends.torch.layers import Layers
from nodeflow.errors import Cancelled

CPU = torch.device("cpu")
needs_compiler = pytest.mark.skipif(not can_compile(CPU), reason="needs a C++ compiler")


@pytest.fixture
def unet() -> Any:
    torch.manual_seed(0)
    return diffusers.UNet2DConditionModel(
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        attention_head_dim=8,
        cross_attention_dim=16,
    ).eval()


@pytest.fixture
def compiler() -> Iterator[Any]:
    """The compiler itself, without processes and threads of its own that would outlive the test."""
    from torch._dynamo.utils import counters
    from torch._inductor import config

    torch.compiler.reset()
    counters.clear()
    with config.patch(compile_threads=1):
        yield counters
    torch.compiler.reset()


@torch.inference_mode()
def evaluate(unet: Any) -> torch.Tensor:
    random = torch.Generator().manual_seed(1)
    latents, hidden = torch.randn(1, 4, 8, 8, generator=random), torch.randn(1, 5, 16, generator=random)
    output: torch.Tensor = unet(latents, torch.tensor(500.0), hidden, return_dict=False)[0]
    return output


def test_blocks_are_compiled_once_and_only_inside(
    unet: Any, monitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []

    def fake_compile(forward: Any) -> Any:  # what it makes can be told from plain evaluation
        made.append(forward)
        return lambda *arguments, **named: forward(*arguments, **named) + 1

    monkeypatch.setattr(compiling, "can_compile", lambda device: True)
    monkeypatch.setattr(torch, "compile", fake_compile)
    plain = evaluate(unet)
    for _ in range(2):
        with compiled_blocks(unet, monitor):
            assert not torch.equal(evaluate(unet), plain)
        assert torch.equal(evaluate(unet), plain)
    assert len(made) == sum(type(m).__name__ == "BasicTransformerBlock" for m in unet.modules())
    assert monitor.warnings == []


def test_without_a_compiler_it_says_so_and_computes_plainly(
    unet: Any, monitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CXX", raising=False)
    plain = evaluate(unet)
    with compiled_blocks(unet, monitor):
        assert torch.equal(evaluate(unet), plain)
    assert ["not compiled" in warning for warning in monitor.warnings] == [True]


@needs_compiler
@pytest.mark.full
@pytest.mark.filterwarnings("ignore")  # of torch's compiler about itself
def test_compiled_blocks_compute_the_same_with_every_lora(unet: Any, monitor: Any, compiler: Any) -> None:
    for name, rank in (("a", 2), ("b", 3)):
        config = LoraConfig(r=rank, init_lora_weights=False, target_modules=["to_q", "to_v"])
        unet.add_adapter(config, adapter_name=name)
    seen: list[torch.Tensor] = []
    for names, weights in (([], []), (["a"], [1.0]), (["a", "b"], [0.7, -0.5]), (["b"], [0.3]), ([], [])):
        if names:
            unet.enable_adapters()
            unet.set_adapters(names, weights)
        else:
            unet.disable_adapters()
        plain = evaluate(unet)
        with compiled_blocks(unet, monitor):
            compiled = evaluate(unet)
        torch.testing.assert_close(compiled, plain, rtol=1e-4, atol=1e-5)
        assert not any(torch.allclose(plain, before, atol=1e-4) for before in seen[1:])
        seen.append(plain)
    assert compiler["stats"]["unique_graphs"] > 1  # it did compile, and anew for other LoRAs


@needs_compiler
@pytest.mark.full
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("way", ["left_out", "without_looking_around", "blurred"])
def test_compiled_blocks_notice_layers_that_change(way: str, unet: Any, monitor: Any, compiler: Any) -> None:
    changed = getattr(Layers(unet, "mid"), way)
    arguments = [0.8] if way == "blurred" else []
    plain = evaluate(unet)
    with changed(*arguments):
        expected = evaluate(unet)
    assert not torch.allclose(plain, expected, atol=1e-4)
    with compiled_blocks(unet, monitor):
        torch.testing.assert_close(evaluate(unet), plain, rtol=1e-4, atol=1e-5)
        with changed(*arguments):
            torch.testing.assert_close(evaluate(unet), expected, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(evaluate(unet), plain, rtol=1e-4, atol=1e-5)
    assert compiler["stats"]["unique_graphs"] > 0


@needs_compiler
@pytest.mark.full
@pytest.mark.filterwarnings("ignore")
def test_a_compiled_run_can_be_cancelled(unet: Any, make_monitor: Any, compiler: Any) -> None:
    with compiled_blocks(unet, make_monitor()):
        counter = make_monitor()
        with interruptible(unet, counter):
            before = evaluate(unet)
        second = make_monitor(cancel_at=counter.asked // 2)
        with pytest.raises(Cancelled), interruptible(unet, second):
            evaluate(unet)
        torch.testing.assert_close(evaluate(unet), before)
    assert compiler["stats"]["unique_graphs"] > 0
