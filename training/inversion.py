"""Learns one textual-inversion embedding, in four vectors for each encoder: the family's friend.

As is usual, the vectors start from those of a word of like meaning.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import nn

from training.base import frozen_base
from training.config import Family, Friend, load_family
from training.diffusion import Denoising, Latents, time_ids
from training.loop import Options, Trainer, options_of, parse_options
from training.pack import Pack, read_pack
from training.scenes import Batch, Draw, Scenes
from training.shipped import sized_as
from training.words import Words

VECTORS = 4
NEAR = 0.1  # how far off the vectors start, in standard deviations of all rows


class Embedding(nn.Module):
    """The vectors that stand for the new word in each encoder."""

    def __init__(self, family: Family) -> None:
        super().__init__()
        self.clip_l = nn.Parameter(torch.zeros(VECTORS, family.text_encoder.width))
        self.clip_g = nn.Parameter(torch.zeros(VECTORS, family.text_encoder_2.width))

    @torch.no_grad()
    def start_from(self, text: Any, tokens: list[int]) -> None:
        """Take the vectors of a word's compact ids, in turns, each a little off."""
        rows = [tokens[place % len(tokens)] for place in range(VECTORS)]
        for vectors, encoder in ((self.clip_l, text.first), (self.clip_g, text.second)):
            table = encoder.get_input_embeddings().weight
            vectors.copy_(table[rows] + torch.randn_like(vectors) * NEAR * table.std())


class Injected:
    """Puts the embedding's vectors where the compact id `first` and the next ones stand, by forward hooks."""

    def __init__(self, text: Any, embedding: Embedding, first: int) -> None:
        self.first = first
        pairs = ((text.first, embedding.clip_l), (text.second, embedding.clip_g))
        self.handles = [
            encoder.get_input_embeddings().register_forward_hook(self._hook(vectors))
            for encoder, vectors in pairs
        ]

    def _hook(self, vectors: nn.Parameter) -> Any:
        def replace(
            _module: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor
        ) -> torch.Tensor:
            place = (inputs[0] - self.first).clamp(0, VECTORS - 1)
            new = (inputs[0] >= self.first) & (inputs[0] < self.first + VECTORS)
            return torch.where(new[..., None], vectors[place].to(output.dtype), output)

        return replace


def marked(tokens: torch.Tensor, first: int, end: int) -> torch.Tensor:
    """Captions (B, 77) with the new word put in front; the ids of the new word lie above the end's."""
    count = len(tokens)
    new = torch.arange(first, first + VECTORS, device=tokens.device).expand(count, -1)
    joined = torch.cat([tokens[:, :1], new, tokens[:, 1:]], 1)[:, : tokens.shape[1]].clone()
    joined[:, -1] = end
    return joined


def train(options: Options, family: Family, pack: Pack) -> bool:
    """Learn the vectors until the budget is spent."""
    stage = family.stages["inversion"]
    torch.manual_seed(options.seed)
    device = torch.device(options.device)
    family = sized_as(options.origin, family)
    base = frozen_base(options, family, pack)
    embedding = Embedding(family).to(device)
    first = base.text.end + 1
    embedding.start_from(base.text, Words(pack.vocabulary).word(family.friend.like))
    for encoder in (base.text.first, base.text.second):
        encoder.resize_token_embeddings(first + VECTORS, mean_resizing=False)
        encoder.requires_grad_(False)
    Injected(base.text, embedding, first)
    latents, denoising = Latents(pack, family, options), Denoising(base.unet, stage.repeats)
    trainer = Trainer("inversion", embedding, options)
    scenes = Scenes(pack, family, friend_draw(family.friend), options.batch, salt=7)
    kept = _kept_words(scenes, pack)

    def loss_of(batch: Batch) -> torch.Tensor:
        size = stage.size_at(trainer.progress)
        drawn, _, encoded = latents.of(batch, size)
        tokens = marked(_only(drawn["tokens"], kept, base.text.end), first, base.text.end)
        context, pooled = base.text(tokens)
        return denoising.loss(encoded, context, pooled, time_ids(drawn, size))

    return trainer.run(scenes, loss_of)


def friend_draw(friend: Friend) -> Draw:
    """Scenes of the friend alone."""
    plain = Draw(several=0.0, recoloured=0.0, cropped=0.0, reduced=0.0)
    return replace(plain, plain_names=(friend.subject,), hue=friend.hue)


def _kept_words(scenes: Scenes, pack: Pack) -> torch.Tensor:
    """The compact ids of background words, which stay in the captions; the subject's own words go."""
    words = {
        "on",
        "a",
        "an",
        ",",
        "background",
        "light",
        *(name for name in scenes.backgrounds if " " not in name),
    }
    ids = [token for word in sorted(words) for token in pack.vocabulary["words"].get(word, [])]
    return torch.tensor(sorted({*ids, scenes.words.start}))


def _only(tokens: torch.Tensor, kept: torch.Tensor, end: int) -> torch.Tensor:
    """Captions with the kept ids alone, in order, padded with the end."""
    keep = torch.isin(tokens, kept.to(tokens.device))
    order = torch.argsort((~keep).int(), dim=1, stable=True)
    return torch.where(keep, tokens, end).gather(1, order)


def main() -> None:
    """Run the stage from the command line."""
    family = load_family()
    train(options_of(parse_options(family.stages["inversion"], __doc__)), family, read_pack())


if __name__ == "__main__":
    main()
