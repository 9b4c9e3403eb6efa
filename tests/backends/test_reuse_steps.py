"""Step caching: what is computed when, that it saves work, and that it leaves no trace."""

from __future__ import annotations

from functools import partial
from typing import Any

import diffusers
import pytest
import torch
from peft import LoraConfig

from nodeflow.backends.span import Span, Start
from nodeflow.backends.torch.course import Course
from nodeflow.backends.torch.reuse import Rhythm, StepCache
from nodeflow.backends.torch.schedulers import make_scheduler
from nodeflow.values import Scheduler

CROSS = 16


def make_unet(down: tuple[str, ...], channels: tuple[int, ...], in_channels: int = 4) -> Any:
    torch.manual_seed(0)
    unet = diffusers.UNet2DConditionModel(
        in_channels=in_channels,
        down_block_types=down,
        up_block_types=tuple(name.replace("Down", "Up") for name in reversed(down)),
        block_out_channels=channels,
        layers_per_block=2,
        norm_num_groups=8,
        attention_head_dim=8,
        cross_attention_dim=CROSS,
    )
    return unet.eval()


PLAIN, CROSSED = "DownBlock2D", "CrossAttnDownBlock2D"
SHAPES: dict[str, Any] = {
    "base": ((PLAIN, CROSSED, CROSSED), (16, 32, 32)),
    "refiner": ((PLAIN, CROSSED, CROSSED, PLAIN), (16, 32, 32, 32)),
    "two blocks": ((CROSSED, PLAIN), (16, 32)),
    "inpainting": ((PLAIN, CROSSED), (16, 32), 9),
}


@pytest.mark.parametrize(
    ("every", "scheduler", "full"),
    [
        (1, Scheduler.EULER, [0, 1, 2, 3, 4, 5, 6]),
        (2, Scheduler.EULER, [0, 2, 4, 5, 6]),
        (3, Scheduler.EULER, [0, 3, 5, 6]),
        (3, Scheduler.HEUN, [0, 3, 6, 9, 11, 12]),  # two evaluations a step, but one in the last
    ],
)
def test_the_rhythm_counts_evaluations_and_closes_with_full_ones(
    every: int, scheduler: Scheduler, full: list[int]
) -> None:
    made = make_scheduler(scheduler, {}, 7, torch.device("cpu"))
    rhythm = Rhythm.over(Span(0, 7, Start.NOISE), Course(made), every)
    assert [i for i in range(len(made.timesteps)) if rhythm.is_full(i)] == full


def test_the_rhythm_begins_with_the_run() -> None:
    made = make_scheduler(Scheduler.EULER, {}, 20, torch.device("cpu"))
    assert Rhythm.over(Span(3, 9, Start.ADD_NOISE), Course(made), 2) == Rhythm(every=2, closing=4)


@pytest.fixture(params=SHAPES)
def unet(request: pytest.FixtureRequest) -> Any:
    return make_unet(*SHAPES[request.param])


def evaluate(unet: Any, seed: int = 0, size: tuple[int, int] = (16, 16), batch: int = 2) -> torch.Tensor:
    random = torch.Generator().manual_seed(seed)
    latents = torch.randn(batch, unet.config.in_channels, *size, generator=random)
    hidden = torch.randn(batch, 5, CROSS, generator=torch.Generator().manual_seed(9))
    with torch.inference_mode():
        output: torch.Tensor = unet(latents, torch.tensor(500.0 - seed), hidden, return_dict=False)[0]
    return output


def always_reuse(unet: Any) -> StepCache:
    return StepCache(unet, Rhythm(every=1000, closing=1000))


@pytest.mark.parametrize("size", [(16, 16), (13, 18)], ids=["even", "odd"])
def test_with_the_same_input_the_reused_layers_give_the_same_output(unet: Any, size: tuple[int, int]) -> None:
    cache = always_reuse(unet)
    expected = evaluate(unet, size=size)
    for number in range(3):
        with cache.evaluation(number, 2):
            assert torch.equal(evaluate(unet, size=size), expected)


def test_only_the_first_resolution_is_computed_in_between(unet: Any) -> None:
    ran: list[str] = []
    watched = {"first": unet.down_blocks[0].resnets[0], "last": unet.up_blocks[-1].resnets[-1]}
    watched |= {"deep": unet.mid_block.resnets[0], "down": unet.down_blocks[1].resnets[0]}
    watched |= {"up": unet.up_blocks[-2].resnets[0], "smaller": unet.down_blocks[0].downsamplers[0].conv}
    for name, module in watched.items():
        module.register_forward_hook(lambda *_, name=name: ran.append(name))
    cache = always_reuse(unet)
    with cache.evaluation(0, 2):
        evaluate(unet)
    assert sorted(ran) == sorted(watched)
    ran.clear()
    with cache.evaluation(1, 2):
        evaluate(unet)
    assert ran == ["first", "last"]


def test_other_input_is_seen_by_the_first_resolution_alone(unet: Any) -> None:
    cache = always_reuse(unet)
    with cache.evaluation(0, 2):
        before = evaluate(unet)
    with cache.evaluation(1, 2):
        shallow = evaluate(unet, seed=1)
    full = evaluate(unet, seed=1)
    assert not torch.equal(shallow, before)
    assert not torch.equal(shallow, full)
    assert (shallow - full).norm() < (before - full).norm()


@pytest.mark.parametrize("number", [0, 1])
def test_an_evaluation_that_fails_leaves_the_model_as_it_was(number: int, unet: Any) -> None:
    expected = evaluate(unet)
    cache = always_reuse(unet)
    with cache.evaluation(0, 2):
        evaluate(unet, seed=1)
    with pytest.raises(KeyError), cache.evaluation(number, 2):
        raise KeyError
    assert torch.equal(evaluate(unet), expected)
    assert not any("forward" in vars(module) for module in unet.modules())
    assert not any(module._forward_hooks for module in unet.modules())


def test_a_forward_that_something_else_replaced_comes_back(unet: Any) -> None:
    block = unet.down_blocks[1]
    block.forward = replaced = partial(block.forward)
    cache = always_reuse(unet)
    for number in range(2):
        with cache.evaluation(number, 2):
            evaluate(unet)
    assert block.forward is replaced


def test_a_single_resolution_has_nothing_to_reuse() -> None:
    unet = make_unet((CROSSED,), (16,))
    cache = always_reuse(unet)
    for seed in range(3):
        with cache.evaluation(seed, 2):
            reused = evaluate(unet, seed)
        assert torch.equal(reused, evaluate(unet, seed))


def test_a_lora_acts_on_full_evaluations_and_on_those_in_between(unet: Any) -> None:
    layers = [n for n, m in unet.named_modules() if isinstance(m, torch.nn.Conv2d) and "conv1" in n]
    unet.add_adapter(LoraConfig(r=2, init_lora_weights=False, target_modules=layers))
    adapted = evaluate(unet)
    cache = always_reuse(unet)
    for number in range(2):
        with cache.evaluation(number, 2):
            assert torch.equal(evaluate(unet), adapted)
    unet.disable_adapters()
    assert not torch.equal(evaluate(unet), adapted)


def test_another_batch_than_the_last_is_computed_in_full(unet: Any) -> None:
    cache = always_reuse(unet)
    for number, batch in enumerate((2, 1, 2)):
        with cache.evaluation(number, batch):
            found = evaluate(unet, seed=number, batch=batch)
        assert torch.equal(found, evaluate(unet, seed=number, batch=batch))


@pytest.mark.parametrize("batch", [1, 3])
def test_any_batch(batch: int) -> None:
    unet = make_unet(*SHAPES["base"])
    cache = always_reuse(unet)
    for number in range(2):
        with cache.evaluation(number, batch):
            assert torch.equal(evaluate(unet, batch=batch), evaluate(unet, batch=batch))
