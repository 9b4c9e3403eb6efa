"""Every kind of LoRA, by the formulas of their papers: what a file holds for a weight, and what that becomes.

Names are those that kohya's scripts and LyCORIS write.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

Tensors = dict[str, torch.Tensor]
Kind = Callable[[torch.Tensor], tuple[Tensors, torch.Tensor]]
"""Makes, for a weight in double precision, what a file holds for it and what it becomes."""
LINEAR = ("down_blocks.1.attentions.0.proj_in", "mid_block.attentions.0.transformer_blocks.0.attn1.to_q")
CONVOLUTION = ("down_blocks.1.resnets.0.conv1", "mid_block.resnets.1.conv2")
NORM = ("down_blocks.1.resnets.0.norm2", "mid_block.attentions.0.transformer_blocks.0.norm1")
RANK, ALPHA = 4, 2.0


def random(*shape: int, seed: int = 0, scale: float = 0.3) -> torch.Tensor:
    return scale * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def spelled(layer: str) -> str:
    return "lora_unet_" + layer.replace(".", "_")


def low_rank(weight: torch.Tensor, seed: int = 0) -> tuple[Tensors, torch.Tensor]:
    """A pair of matrices as kohya names them, and their product at its scale."""
    out, into, *kernel = weight.shape
    down = random(RANK, into, *kernel, seed=seed)
    up = random(out, RANK, *([1] * len(kernel)), seed=seed + 1)
    product = (up.flatten(1).double() @ down.flatten(1).double()).reshape(weight.shape)
    tensors = {"lora_down.weight": down, "lora_up.weight": up, "alpha": torch.tensor(ALPHA)}
    return tensors, product * ALPHA / RANK


def lora(weight: torch.Tensor) -> tuple[Tensors, torch.Tensor]:
    tensors, change = low_rank(weight)
    return tensors, weight + change


def dora(weight: torch.Tensor) -> tuple[Tensors, torch.Tensor]:
    """A magnitude for each output (arXiv:2402.09353, equation 5), as LyCORIS writes it."""
    tensors, change = low_rank(weight)
    length = (weight + change).flatten(1).norm(dim=1)
    magnitude = (length * (1 + 0.1 * random(len(length)))).float()
    moved = (weight + change) * (magnitude.double() / length).reshape(-1, *[1] * (weight.ndim - 1))
    shape = (-1, *[1] * (weight.ndim - 1))
    return {**tensors, "dora_scale": magnitude.reshape(shape)}, moved


def dora_by_input(weight: torch.Tensor) -> tuple[Tensors, torch.Tensor]:
    """A magnitude for each input, as LyCORIS wrote it before its version 3."""
    tensors, change = low_rank(weight)
    moved = weight + change
    length = moved.transpose(0, 1).flatten(1).norm(dim=1).reshape(1, -1, *[1] * (weight.ndim - 2))
    magnitude = (length * (1 + 0.1 * random(length.numel()).reshape(length.shape))).float()
    return {**tensors, "dora_scale": magnitude}, moved * (magnitude.double() / length)


def tucker(weight: torch.Tensor) -> tuple[Tensors, torch.Tensor]:
    """LoCon with a core between: ΔW[o, i] = Σ up[o, m] core[m, n] down[n, i]."""
    out, into, *kernel = weight.shape
    down, up, core = random(RANK, into, 1, 1), random(out, RANK, 1, 1), random(RANK, RANK, *kernel, seed=3)
    change = torch.einsum("mnhw,om,ni->oihw", core.double(), up.flatten(1).double(), down.flatten(1).double())
    tensors = {"lora_down.weight": down, "lora_up.weight": up, "lora_mid.weight": core}
    return {**tensors, "alpha": torch.tensor(ALPHA)}, weight + change * ALPHA / RANK


def loha(weight: torch.Tensor) -> tuple[Tensors, torch.Tensor]:
    """ΔW = (B₁A₁) ∘ (B₂A₂) (arXiv:2108.06098)."""
    out, into = weight.shape[0], weight[0].numel()
    a, b = random(out, RANK), random(RANK, into, seed=1)
    c, d = random(out, RANK, seed=2), random(RANK, into, seed=3)
    change = (a.double() @ b.double()) * (c.double() @ d.double())
    tensors = {"hada_w1_a": a, "hada_w1_b": b, "hada_w2_a": c, "hada_w2_b": d, "alpha": torch.tensor(ALPHA)}
    return tensors, weight + change.reshape(weight.shape) * ALPHA / RANK


def lokr(weight: torch.Tensor) -> tuple[Tensors, torch.Tensor]:
    """ΔW = W₁ ⊗ (W₂ₐW₂ᵦ) (arXiv:2212.10650)."""
    out, into = weight.shape[0], weight[0].numel()
    small, a, b = random(4, 4), random(out // 4, RANK, seed=1), random(RANK, into // 4, seed=2)
    change = torch.kron(small.double(), a.double() @ b.double())
    tensors = {"lokr_w1": small, "lokr_w2_a": a, "lokr_w2_b": b, "alpha": torch.tensor(ALPHA)}
    return tensors, weight + change.reshape(weight.shape) * ALPHA / RANK


def lokr_whole(weight: torch.Tensor) -> tuple[Tensors, torch.Tensor]:
    """Without ranks there is nothing to scale by: alpha does not count."""
    out, into = weight.shape[0], weight[0].numel()
    small, large = random(4, 4), random(out // 4, into // 4, seed=1, scale=0.05)
    tensors = {"lokr_w1": small, "lokr_w2": large, "alpha": torch.tensor(ALPHA)}
    return tensors, weight + torch.kron(small.double(), large.double()).reshape(weight.shape)


def whole(weight: torch.Tensor) -> tuple[Tensors, torch.Tensor]:
    change = random(*weight.shape, scale=0.05)
    return {"diff": change}, weight + change.double()


def glora(weight: torch.Tensor) -> tuple[Tensors, torch.Tensor]:
    """ΔW = W A + B, both of low rank (arXiv:2306.07967)."""
    out, into, *kernel = weight.shape
    point = [1] * len(kernel)
    a1, a2 = random(into, RANK, *point, scale=0.1), random(RANK, into, *point, seed=1)
    b1, b2 = random(out, RANK, *point, seed=2), random(RANK, into, *kernel, seed=3)
    mixed = a1.flatten(1).double() @ a2.flatten(1).double()
    turned = torch.einsum("oi...,ij->oj...", weight, mixed)
    added = (b1.flatten(1).double() @ b2.flatten(1).double()).reshape(weight.shape)
    tensors = {"a1.weight": a1, "a2.weight": a2, "b1.weight": b1, "b2.weight": b2}
    return {**tensors, "alpha": torch.tensor(ALPHA)}, weight + (turned + added) * ALPHA / RANK


def rotations(blocks: torch.Tensor, limit: float = 0.0) -> torch.Tensor:
    """Cayley's transform of what is skew in blocks, whose length may be limited."""
    skew = blocks.double() - blocks.double().mT
    if limit:
        skew = skew * limit / skew.norm()
    one = torch.eye(blocks.shape[-1]).double()
    turned: torch.Tensor = (one + skew) @ torch.linalg.inv(one - skew)
    return turned


def side_by_side(blocks: torch.Tensor) -> torch.Tensor:
    """A matrix of these blocks, and of zeros elsewhere."""
    found: torch.Tensor = torch.block_diag(*blocks)  # type: ignore[no-untyped-call]  # torch's own lack
    return found


def oft(weight: torch.Tensor) -> tuple[Tensors, torch.Tensor]:
    """Outputs turned among those of a block, and scaled each by itself (arXiv:2306.07280)."""
    size, out = 8, weight.shape[0]
    blocks = random(out // size, size, size, scale=0.1)
    rescale = 1 + 0.1 * random(out, *[1] * (weight.ndim - 1), seed=1)
    turned = side_by_side(rotations(blocks)).T @ weight.flatten(1)
    tensors = {"oft_blocks": blocks, "rescale": rescale, "alpha": torch.tensor(0.0)}
    return tensors, rescale.double() * turned.reshape(weight.shape)


def oft_limited(weight: torch.Tensor) -> tuple[Tensors, torch.Tensor]:
    """The alpha of such a file is the length that what turns may have, for each output."""
    size, out, alpha = 8, weight.shape[0], 0.02
    blocks = random(out // size, size, size)
    turned = side_by_side(rotations(blocks, alpha * out)).T @ weight.flatten(1)
    return {"oft_blocks": blocks, "alpha": torch.tensor(alpha)}, turned.reshape(weight.shape)


def boft(weight: torch.Tensor) -> tuple[Tensors, torch.Tensor]:
    """Stages that turn ever more distant outputs with each other, as a butterfly (arXiv:2311.06243)."""
    size, out, stages = 8, weight.shape[0], 2
    blocks = random(stages, out // size, size, size, scale=0.1)
    turned = weight.flatten(1)
    for stage, matrices in enumerate(rotations(blocks)):
        near = 2**stage * size // 2
        order = torch.arange(out).reshape(-1, 2, near).transpose(1, 2).flatten()
        moved = torch.zeros_like(turned)
        moved[order] = side_by_side(matrices) @ turned[order]
        turned = moved
    return {"oft_blocks": blocks, "alpha": torch.tensor(0.0)}, turned.reshape(weight.shape)


def norm(weight: torch.Tensor) -> tuple[Tensors, torch.Tensor]:
    """What is added to the weights of a norm, as LyCORIS writes it."""
    change = random(*weight.shape)
    return {"w_norm": change}, weight + change.double()


KINDS: dict[str, tuple[Kind, tuple[str, ...]]] = {
    "lora": (lora, LINEAR),
    "locon": (lora, LINEAR + CONVOLUTION),
    "tucker": (tucker, CONVOLUTION),
    "dora": (dora, LINEAR),
    "dora on convolutions": (dora, LINEAR + CONVOLUTION),
    "dora by input": (dora_by_input, LINEAR + CONVOLUTION),
    "loha": (loha, LINEAR),
    "lokr": (lokr, LINEAR),
    "lokr without ranks": (lokr_whole, LINEAR),
    "whole differences": (whole, LINEAR + CONVOLUTION),
    "glora": (glora, LINEAR + CONVOLUTION),
    "oft": (oft, LINEAR + CONVOLUTION),
    "oft limited": (oft_limited, LINEAR),
    "boft": (boft, LINEAR + CONVOLUTION),
    "norm": (norm, NORM),
}
