"""Prompts as the encoders read them: chunks, weights, textual inversions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from nodeflow.backends import PromptRequest
from nodeflow.backends.torch import TorchBackend
from nodeflow.errors import MissingFile, NodeFailed
from nodeflow.prompts import Syntax, Weighting, clip_vocabulary
from nodeflow.values import Conditioning, ModelRecipe
from tests.backends.conftest import CHECKPOINTS, RecordingMonitor

Encode = Callable[..., Conditioning]
BEGIN, END = 49406, 49407
APPLE, RED, CAT = 3055, 736, 2368


@pytest.fixture(scope="session")
def encoded(backend: TorchBackend, pocket: ModelRecipe) -> Encode:
    """Encode a prompt; keywords are fields of the request."""

    def run(text: str, model: ModelRecipe = pocket, **fields: Any) -> Conditioning:
        return backend.encode_text(model, PromptRequest(text, **fields), RecordingMonitor())

    return run


@pytest.fixture(scope="session")
def states(pipeline: Any) -> Callable[..., tuple[Any, Any, Any]]:
    """Both encoders' penultimate states and the pooled projection for token ids, from plain transformers."""

    def run(tokens: list[int]) -> tuple[Any, Any, Any]:
        found = []
        for encoder, pad in ((pipeline.text_encoder, END), (pipeline.text_encoder_2, 0)):
            ids = torch.tensor([[BEGIN, *tokens, END, *[pad] * (75 - len(tokens))]])
            with torch.inference_mode():
                found.append(encoder(ids, output_hidden_states=True))
        return (*(one.hidden_states[-2].numpy() for one in found), found[1].text_embeds.numpy())

    return run


def same(one: Conditioning, other: Conditioning) -> bool:
    assert one.encoder_1 is not None
    assert other.encoder_1 is not None
    pairs = ((getattr(one, name), getattr(other, name)) for name in ("encoder_1", "encoder_2", "pooled"))
    return all(a.tobytes() == b.tobytes() for a, b in pairs)


@pytest.mark.parametrize("weighting", Weighting)
@pytest.mark.parametrize("syntax", [Syntax.A1111, Syntax.COMFYUI])
def test_weight_1_everywhere_changes_no_bit(encoded: Encode, weighting: Weighting, syntax: Syntax) -> None:
    plain = encoded("a red apple, a cat")
    assert same(encoded("(a (red:1) apple:1), ((a:1) cat:1.0)", syntax=syntax, weighting=weighting), plain)
    assert not same(encoded("a (red:1.2) apple, a cat", syntax=syntax, weighting=weighting), plain)


@settings(deadline=None)  # the first example reads the vocabulary
@given(text=st.text(st.characters(exclude_categories=("Cn", "Cs", "Co")), max_size=50))
def test_the_core_counts_tokens_as_transformers_does(pipeline: Any, text: str) -> None:
    tokens = pipeline.tokenizer(text, add_special_tokens=False, verbose=False).input_ids
    assert clip_vocabulary().encode(text) == tokens


def test_padding_is_masked_in_every_chunk_where_asked(encoded: Encode) -> None:
    """Words stay, and the marks of a chunk's beginning and end."""
    found = encoded("a red apple BREAK (cat:1.2)", mask_padding=True)
    assert found.attended is not None
    assert found.attended.tolist() == [[*[1] * 5, *[0] * 72, *[1] * 3, *[0] * 74]]
    assert same(found, encoded("a red apple BREAK (cat:1.2)"))
    assert encoded("a red apple").attended is None


def test_a_plain_prompt_is_what_diffusers_encodes(encoded: Encode, pipeline: Any) -> None:
    text = "a red apple on a green background"
    with torch.inference_mode():
        hidden, _, pooled, _ = pipeline.encode_prompt(text, do_classifier_free_guidance=False)
    found = encoded(text)
    assert found.encoder_1 is not None
    assert np.concatenate([found.encoder_1, found.encoder_2], -1).tobytes() == hidden.numpy().tobytes()
    assert found.pooled.tobytes() == pooled.numpy().tobytes()


@pytest.mark.parametrize("weighting", [Weighting.FROM_EMPTY, Weighting.KEEP_MEAN, Weighting.MULTIPLY])
def test_weights_follow_the_formulas_token_by_token(
    encoded: Encode, states: Any, weighting: Weighting
) -> None:
    found = encoded("apple (red:1.4) (cat:-0.5)", weighting=weighting)
    first, second, pooled = states([APPLE, RED, CAT])
    assert found.encoder_1 is not None
    empty = states([])
    weights = np.ones((1, 77, 1))
    weights[0, 2:4, 0] = 1.4, -0.5
    for got, plain, nothing in ((found.encoder_1, first, empty[0]), (found.encoder_2, second, empty[1])):
        exact = plain.astype(np.float64)
        expected = exact * weights
        if weighting is Weighting.FROM_EMPTY:
            expected = nothing + (exact - nothing) * weights
        elif weighting is Weighting.KEEP_MEAN:
            expected *= exact.mean() / expected.mean()
        np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-6)
    assert found.pooled.tobytes() == pooled.tobytes()


def test_words_of_weight_0_say_what_the_empty_prompt_says(encoded: Encode) -> None:
    nothing, none = encoded("(red apple:0)"), encoded("")
    np.testing.assert_allclose(nothing.encoder_2[:, 1:3], none.encoder_2[:, 1:3], atol=1e-6)


def test_each_chunk_is_encoded_as_if_alone_and_the_first_is_pooled(encoded: Encode, states: Any) -> None:
    found = encoded("apple " * 75 + "red cat")
    whole, rest = states([APPLE] * 75), states([RED, CAT])
    assert found.encoder_1 is not None
    assert found.encoder_1.tobytes() == np.concatenate([whole[0], rest[0]], 1).tobytes()
    assert found.encoder_2.tobytes() == np.concatenate([whole[1], rest[1]], 1).tobytes()
    assert found.pooled.tobytes() == whole[2].tobytes()


def test_break_begins_a_chunk_and_prompts_of_both_encoders_get_as_many(encoded: Encode, states: Any) -> None:
    found = encoded("apple BREAK cat", text_2="red")
    empty = states([])
    assert found.encoder_1 is not None
    assert found.encoder_1.tobytes() == np.concatenate([states([APPLE])[0], states([CAT])[0]], 1).tobytes()
    assert found.encoder_2.tobytes() == np.concatenate([states([RED])[1], empty[1]], 1).tobytes()


def test_weights_act_in_every_chunk(encoded: Encode, states: Any) -> None:
    found = encoded("apple BREAK (cat:2)")
    plain, empty = states([CAT])[1], states([])[1]
    np.testing.assert_allclose(found.encoder_2[:, 79], plain[:, 2], atol=1e-6)
    np.testing.assert_allclose(found.encoder_2[:, 78], 2 * plain[:, 1] - empty[:, 1], atol=1e-5)


def test_a_refiner_reads_weights_and_chunks_too(encoded: Encode, pocket_refiner: ModelRecipe) -> None:
    found = encoded("(apple:1.3) BREAK cat", model=pocket_refiner)
    assert found.encoder_1 is None
    assert found.encoder_2.tobytes() == encoded("(apple:1.3) BREAK cat").encoder_2.tobytes()


@pytest.fixture
def inversion(pipeline: Any, tmp_path: Path) -> Callable[..., Path]:
    """Write a textual inversion whose vectors are those of known tokens."""

    def write(tokens: list[int], names: tuple[str, ...] = ("clip_l", "clip_g")) -> Path:
        tables = dict(
            zip(("clip_l", "clip_g"), (pipeline.text_encoder, pipeline.text_encoder_2), strict=True)
        )
        tables["emb_params"] = pipeline.text_encoder_2
        vectors = {
            name: tables[name].get_input_embeddings().weight.detach().numpy()[tokens] for name in names
        }
        save_file(vectors, tmp_path / "ink.safetensors")
        return tmp_path / "ink.safetensors"

    return write


def test_a_textual_inversion_stands_for_its_vectors(encoded: Encode, inversion: Callable[..., Path]) -> None:
    given = {"ink": inversion([RED, APPLE])}
    assert same(encoded("a embedding:ink, a cat", embeddings=given), encoded("a red apple, a cat"))
    weighed = encoded("a (embedding:ink:1.4), a cat", embeddings=given)
    assert same(weighed, encoded("a (red apple:1.4), a cat"))
    assert same(encoded("a red apple, a cat"), encoded("a red apple, a cat", embeddings=given))


def test_textual_inversions_act_in_weighted_negatives_and_in_later_chunks(
    encoded: Encode, inversion: Callable[..., Path], sample: Callable[..., Any]
) -> None:
    given = {"ink": inversion([RED, APPLE])}
    later = "cat " * 75 + "a ((embedding:ink:1.2) BREAK cat:1.5)"
    assert same(encoded(later, embeddings=given), encoded(later.replace("embedding:ink", "red apple")))
    assert same(
        encoded("cat", text_2="(embedding:ink:0.7)", embeddings=given),
        encoded("cat", text_2="(red apple:0.7)"),
    )
    negatives = encoded("(embedding:ink:1.4)", embeddings=given), encoded("(red apple:1.4)"), encoded("")
    one, words, none = (sample(negative=negative, steps=2).samples for negative in negatives)
    assert one.tobytes() == words.tobytes()
    assert np.abs(one - none).max() > 0.01


def test_a_textual_inversion_for_one_encoder_is_nothing_to_the_other(
    encoded: Encode, inversion: Callable[..., Path]
) -> None:
    for names in (("clip_g",), ("emb_params",)):
        found = encoded("embedding:ink cat", embeddings={"ink": inversion([RED], names)})
        assert same(found, encoded("cat", text_2="red cat"))


def test_a_textual_inversion_that_does_not_fit_is_refused(encoded: Encode, tmp_path: Path) -> None:
    file = tmp_path / "ink.safetensors"
    save_file({"clip_l": np.zeros((1, 768), np.float32)}, file)
    with pytest.raises(NodeFailed, match="'ink' has vectors of width 768; text encoder 1 takes 64") as caught:
        encoded("embedding:ink", embeddings={"ink": file})
    assert caught.value.input == "text"
    save_file({"other": np.zeros((1, 768), np.float32)}, file)
    with pytest.raises(NodeFailed, match="'ink' has nothing for this model's text encoders"):
        encoded("embedding:ink", embeddings={"ink": file})
    save_file({"clip_l": np.zeros((76, 64), np.float32)}, file)
    with pytest.raises(NodeFailed, match="has 76 vectors, more than the 75"):
        encoded("embedding:ink", embeddings={"ink": file})
    with pytest.raises(MissingFile, match="cannot be read") as missing:
        encoded("embedding:ink", embeddings={"ink": file.with_suffix(".pt")})
    assert missing.value.input == "text"


@pytest.mark.parametrize("layout", ["a1111", "plain"])
def test_a_pickled_textual_inversion_is_read_as_the_others(
    layout: str, encoded: Encode, inversion: Callable[..., Path], tmp_path: Path
) -> None:
    vectors = {name: torch.from_numpy(array) for name, array in load_file(inversion([RED])).items()}
    one = {"string_to_token": {"*": 265}, "string_to_param": {"*": vectors["clip_l"]}, "step": 500}
    torch.save(one if layout == "a1111" else vectors, tmp_path / "ink.pt")
    found = encoded("embedding:ink cat", embeddings={"ink": tmp_path / "ink.pt"})
    assert not same(found, encoded("cat"))
    if layout == "plain":
        assert same(found, encoded("red cat"))


def test_a_pickle_of_more_than_vectors_is_refused(encoded: Encode, tmp_path: Path) -> None:
    torch.save({"string_to_param": {"*": Path.touch}}, tmp_path / "ink.pt")
    with pytest.raises(MissingFile, match="holds more than weights"):
        encoded("embedding:ink", embeddings={"ink": tmp_path / "ink.pt"})


def test_prompts_of_unequal_length_meet_in_a_picture(
    encoded: Encode, sample: Callable[..., Any], backend: TorchBackend
) -> None:
    """Cross-attention cannot tell a prompt from the same prompt twice."""
    short, long = encoded("a red apple"), encoded("blurry BREAK dark")
    assert short.encoder_1 is not None
    first, second = (np.tile(part, (1, 2, 1)) for part in (short.encoder_1, short.encoder_2))
    twice = replace(short, encoder_1=first, encoder_2=second)
    one = sample(positive=short, negative=long).samples
    np.testing.assert_allclose(one, sample(positive=twice, negative=long).samples, atol=1e-4)
    np.testing.assert_allclose(
        sample(positive=short, negative=encoded("blurry")).samples,
        sample(positive=twice, negative=encoded("blurry")).samples,
        atol=1e-4,
    )


@pytest.fixture
def redness(encoded: Encode, picture: Callable[..., Any]) -> Callable[..., float]:
    """How much more red than green and blue a picture holds, in 255ths."""

    def measure(text: str, negative: str = "", **fields: Any) -> float:
        conditionings = {"positive": encoded(text, **fields), "negative": encoded(negative, **fields)}
        pixels = picture(**conditionings, seed=3, steps=8).astype(float)
        return float((pixels[..., 0] - pixels[..., 1:].mean(-1)).mean())

    return measure


@pytest.mark.parametrize("weighting", Weighting)
def test_more_weight_on_red_is_a_redder_picture(redness: Callable[..., float], weighting: Weighting) -> None:
    text = "an apple on a {} background"
    words = ("(red:0.6)", "red", "(red:1.4)")
    less, plain, more = (redness(text.format(word), weighting=weighting) for word in words)
    assert less < plain - 3 < plain + 3 < more


def test_more_weight_on_red_in_the_negative_prompt_is_a_less_red_picture(
    redness: Callable[..., float],
) -> None:
    weak, plain, strong = (redness("an apple", f"(red background:{weight})") for weight in (0.6, 1, 1.4))
    assert strong < plain < weak < redness("an apple")


def test_the_vocabulary_is_that_of_both_tokenizers() -> None:
    for name in ("tokenizer", "tokenizer_2"):
        tokenizer = transformers.CLIPTokenizer.from_pretrained(CHECKPOINTS / "pocket" / name)
        text = "an astronaut riding a horse, 8k, it's ünïcode 😀"
        assert tokenizer(text, add_special_tokens=False).input_ids == clip_vocabulary().encode(text)
