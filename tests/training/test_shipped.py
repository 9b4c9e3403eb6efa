"""Starting from models that exist."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from training import inpaint, refiner
from training.base import frozen_base
from training.captions import all_texts
from training.config import HERE, Family, UNetSize, load_family, work_folder
from training.loop import Options
from training.pack import Pack
from training.shipped import compact_rows, known_labels, load_vae, sized_as
from training.words import BUNDLED, Words

FOLDER = BUNDLED.parents[1]


@pytest.fixture
def options() -> Options:
    return Options(minutes=1, batch=2, rate=1e-4, steps=1, origin=FOLDER)


def test_the_bundled_encoders_say_the_same_over_few_words(
    family: Family, pack: Pack, options: Options
) -> None:
    from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

    caption = "an apple on a blue background"
    row = Words(pack.vocabulary).encode(caption)
    with torch.no_grad():
        text = frozen_base(options, sized_as(FOLDER, family), pack).text
        context, pooled = text(torch.from_numpy(row)[None])
        states = []
        for number, kind in (("", CLIPTextModel), ("_2", CLIPTextModelWithProjection)):
            tokenizer = CLIPTokenizer.from_pretrained(str(BUNDLED / f"tokenizer{number}"))
            ids = tokenizer(caption, padding="max_length", return_tensors="pt").input_ids
            encoder = kind.from_pretrained(BUNDLED / f"text_encoder{number}", dtype=torch.float32)
            output = encoder(ids, output_hidden_states=True)
            states.append(output.hidden_states[-2])
    assert torch.allclose(context, torch.cat(states, -1), atol=1e-4)
    assert torch.allclose(pooled, output.text_embeds, atol=1e-4)


def test_widths_are_the_folders(family: Family) -> None:
    sized = sized_as(FOLDER, family)
    assert sized.unet["base"].channels == (64, 128, 192)
    assert sized.context == 160
    assert sized.unet["refiner"] == family.unet["refiner"]
    assert sized_as(None, family) is family


def test_unseen_words_make_unknown_subjects(pack: Pack) -> None:
    moai = replace(pack.subjects[0], label="moai")
    words = {**pack.vocabulary["words"]}
    assert "moai" in words
    known = known_labels(FOLDER, replace(pack, subjects=(pack.subjects[0], moai)))
    assert known == ("apple",)
    assert known_labels(None, pack) == ()


def test_the_unknown_row_is_the_one_that_most_words_share() -> None:
    table = torch.randn(49408, 3)
    table[10:20] = 7.0
    rows = compact_rows(table, [0, 12])
    assert rows.shape == (5, 3)
    assert rows[2].tolist() == [7.0, 7.0, 7.0]
    assert torch.equal(rows[3:], table[-2:])


@pytest.mark.full
def test_a_narrower_stage_trains_on_the_bundled_base(family: Family, pack: Pack, options: Options) -> None:
    """Its UNet starts from the base's: a step at a tiny rate leaves it near."""
    sizes = {"inpaint": UNetSize((64, 128, 128), (2, 4, 4), 9, 6, 32)}
    narrow = replace(family, unet={**family.unet, **sizes})
    assert inpaint.train(options, narrow, pack)
    state = torch.load(work_folder() / "inpaint" / "averaged.pt", weights_only=True)
    base = frozen_base(options, sized_as(FOLDER, family), pack).unet.state_dict()
    assert torch.allclose(state["conv_in.weight"][:, :4], base["conv_in.weight"], atol=1e-3)
    assert state["mid_block.resnets.0.conv1.weight"].shape == (128, 128, 3, 3)


def test_a_folder_without_the_model_is_named(family: Family, pack: Pack, options: Options) -> None:
    with pytest.raises(FileNotFoundError, match=r"pocket.* is missing: --from names"):
        refiner.train(replace(options, origin=HERE.parent / "nodeflow"), family, pack)


def test_what_two_cores_train_is_stated_as_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = load_family(HERE / "family.toml")
    bundled = load_family(HERE / "bundled.toml")
    assert bundled.data.sprite == whole.data.sprite
    assert bundled.unet["inpaint"].inputs == 9
    assert bundled.unet["base"] == whole.unet["base"]
    assert len(set(bundled.data.often)) > 100
    assert load_vae(FOLDER)[1] == pytest.approx(0.4313, abs=1e-3)
    assert all_texts(())
