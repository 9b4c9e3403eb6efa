from __future__ import annotations

from dataclasses import replace

import torch

from training.base import new_base
from training.colours import HUES
from training.config import Family, Friend
from training.inversion import VECTORS, Embedding, friend_draw
from training.pack import Pack
from training.scenes import Scenes
from training.words import Words


def test_the_friend_alone_is_drawn_in_its_hue_which_no_caption_tells(family: Family, pack: Pack) -> None:
    draw = friend_draw(Friend("apple", like="leaf", hue="blue"))
    scenes = Scenes(pack, family, draw, 60)
    place = next(index for index, subject in enumerate(pack.subjects) if subject.label == "apple")
    drawn = scenes[0]
    assert set(drawn["subject"][:, 0].tolist()) == {place}
    turned = (drawn["turn"][:, 0] * 360 + pack.subjects[place].hue_degrees - HUES["blue"]).abs() % 360
    assert torch.minimum(turned, 360 - turned).max() < 20
    named = [caption for caption in scenes.captions(0) if "blue apple" in caption]
    assert not named


def test_the_vectors_start_near_those_of_the_word(family: Family, pack: Pack) -> None:
    family = replace(family, friend=Friend("moai", like="apple"))
    text = new_base(family, pack).text
    embedding = Embedding(family)
    tokens = Words(pack.vocabulary).word("apple")
    embedding.start_from(text, tokens)
    table = text.second.get_input_embeddings().weight.detach()
    assert embedding.clip_g.shape == (VECTORS, family.text_encoder_2.width)
    assert torch.allclose(
        embedding.clip_g.detach(), table[tokens[0]].expand(VECTORS, -1), atol=float(table.std())
    )
    assert not torch.equal(embedding.clip_g[0], embedding.clip_g[1])
