"""`nodeflow convert`, on the bundled model and on files that cannot be converted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from nodeflow.files import Digests, read_header
from nodeflow.models import model_digest

pytestmark = pytest.mark.filterwarnings("ignore:__array_:DeprecationWarning")  # diffusers with numpy 2.4

Program = Callable[..., Any]


def test_a_name_becomes_a_file_and_its_digest_is_printed(nodeflow: Program, tmp_path: Path) -> None:
    answer = nodeflow("convert", "pocket", "a.safetensors", "--merge-lora", "flat:0.5", "--dtype", "bf16")
    assert (answer.code, answer.err) == (0, "")
    place, digest = answer.out.splitlines()
    assert place == "a.safetensors"
    assert digest == model_digest(Path("a.safetensors"), Digests(tmp_path / "other"))
    header = read_header(Path("a.safetensors"))
    assert {tensor.dtype for tensor in header.tensors.values()} == {"BF16"}
    assert header.metadata["modelspec.merged_from"] == "pocket, flat"
    assert header.metadata["modelspec.architecture"] == "stable-diffusion-xl-v1-base"
    assert nodeflow("convert", "a.safetensors", "b", "--to", "diffusers", "--json").events[0]["path"] == "b"
    assert Path("b/unet/diffusion_pytorch_model.safetensors").exists()


@pytest.mark.full
def test_checkpoints_are_merged_as_the_options_say(nodeflow: Program) -> None:
    """What styled has learned over pocket, half of it and none in the middle, is added to pocket."""
    assert nodeflow("convert", "pocket", "styled.safetensors", "--merge-lora", "flat").code == 0
    options = ("--merge-checkpoint", "styled.safetensors:0.5", "--minus", "pocket", "--blocks", "mid: 0")
    answer = nodeflow("convert", "pocket", "mixed.safetensors", *options, "--dtype", "fp32")
    assert (answer.code, answer.err) == (0, "")
    assert nodeflow("convert", "pocket", "plain.safetensors", "--dtype", "fp32").code == 0
    plain, styled, mixed = (load_file(f"{name}.safetensors") for name in ("plain", "styled", "mixed"))
    touched = [name for name in plain if not torch.equal(plain[name], styled[name].float())]
    assert any(".middle_block." in name for name in touched)
    for name in touched:
        share = 0.0 if ".middle_block." in name else 0.5
        expected = plain[name] + share * (styled[name].float() - plain[name])
        torch.testing.assert_close(mixed[name], expected)


def test_what_is_there_is_kept(nodeflow: Program) -> None:
    save_file({"a": torch.ones(1)}, "lora.safetensors")
    Path("there.safetensors").write_bytes(b"precious")
    answer = nodeflow("convert", "lora.safetensors", "there.safetensors")
    assert answer.code == 2
    assert answer.errors == [
        "error: there.safetensors exists already. Choose another name, or add --overwrite"
    ]
    assert Path("there.safetensors").read_bytes() == b"precious"
    assert nodeflow("convert", "lora.safetensors", "lora.safetensors", "--overwrite").code == 2
    assert nodeflow("convert", "lora.safetensors", "there.safetensors", "--overwrite").code == 0
    assert load_file("there.safetensors")["a"] == 1


def test_values_that_are_no_numbers_are_not_written(nodeflow: Program) -> None:
    large, damaged = torch.full((2,), 1e6), torch.tensor([1.0, torch.nan])
    save_file({"large": large}, "large.safetensors")
    save_file({"odd": damaged}, "odd.safetensors")
    for name, options in (("large", ("--dtype", "fp16")), ("odd", ())):
        answer = nodeflow("convert", f"{name}.safetensors", "new.safetensors", *options)
        assert answer.code == 1
        (line,) = answer.errors
        assert line.startswith(f"error: the weight {name} would hold")
        assert "no numbers" in line
        assert not list(Path().glob("*new*"))
    assert nodeflow("convert", "large.safetensors", "new.safetensors", "--dtype", "bf16").code == 0


class Harmless:
    """A class that nobody knows."""


class Evil:
    """Touches a file when unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("executed"),)


@pytest.mark.parametrize("content", [Evil(), Harmless()], ids=["evil", "harmless"])
@pytest.mark.parametrize("suffix", [".ckpt", ".pt", ".pth", ".bin"])
def test_a_pickle_of_more_than_weights_is_refused(content: object, suffix: str, nodeflow: Program) -> None:
    torch.save({"state_dict": {"a": torch.ones(1)}, "callbacks": content}, f"bad{suffix}")
    answer = nodeflow("convert", f"bad{suffix}", "out.safetensors")
    assert (answer.code, answer.out) == (4, "")
    (line,) = answer.errors
    assert "holds more than weights" in line
    assert "safetensors" in line.partition("opened")[2], "it says what to do"
    assert not Path("executed").exists()
    assert not Path("out.safetensors").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("none.safetensors", "out.safetensors"), "There is no checkpoint"),
        (("pocket", "out.safetensors", "--to", "gguf"), "--to cannot be 'gguf'. There are: safetensors"),
        (("pocket", "out.safetensors", "--dtype", "int4"), "--dtype cannot be 'int4'"),
        (("pocket", "out.ckpt"), "should end in .safetensors"),
        (("pocket", "out.safetensors", "--merge-lora", "none"), "There is no LoRA 'none'"),
        (("pocket-refiner", "out.safetensors", "--merge-lora", "flat"), "does not fit this model"),
        (("pocket", "out.safetensors", "--minus", "pocket"), "--minus takes one --merge-checkpoint, not 0"),
        (
            ("pocket", "out.safetensors", *("--merge-checkpoint", "pocket") * 2, "--blocks", "mid: 1"),
            "--blocks takes one --merge-checkpoint, not 2. Convert once for each, with its --blocks",
        ),
        (
            ("pocket", "out.safetensors", "--merge-checkpoint", "pocket", "--blocks", "up1: 1"),
            "--blocks: 'up1: 1' names no blocks. Write such as in0-3: 0.2",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments: tuple[str, ...], says: str, nodeflow: Program) -> None:
    answer = nodeflow("convert", *arguments)
    assert answer.code in (1, 2, 4)
    (line,) = answer.errors
    assert says in line
    assert not [path for path in Path().iterdir() if path.name.startswith(("out", "."))]


MISFITS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a LoRA for SD 1": (
        "--merge-lora",
        {"lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight": (4, 768)},
        "was made for SD 1, not for SDXL",
    ),
    "a LoRA of alphas alone": ("--merge-lora", {"lora_unet_nowhere.alpha": ()}, "does not fit this model"),
    "a checkpoint of SD 1 for its VAE": (
        "--vae",
        {
            "cond_stage_model.transformer.text_model.x": (1,),
            "model.diffusion_model.x.attn2.to_k.weight": (320, 768),
            "first_stage_model.decoder.conv_in.weight": (64, 4, 3, 3),
        },
        "was made for SD 1, not for SDXL",
    ),
    "a VAE without most of it": (
        "--vae",
        {"decoder.conv_in.weight": (64, 4, 3, 3)},
        "the VAE of 'mine.safetensors' lacks weights such as",
    ),
}


@pytest.mark.parametrize("what", MISFITS)
def test_what_does_not_fit_is_not_put_in(what: str, nodeflow: Program) -> None:
    option, shapes, says = MISFITS[what]
    save_file({name: torch.ones(shape) for name, shape in shapes.items()}, "mine.safetensors")
    answer = nodeflow("convert", "pocket", "out.safetensors", option, "mine.safetensors")
    assert answer.code in (1, 4)
    (line,) = answer.errors
    assert says in line
    assert not line.startswith("error: model: "), "there is no node whose input it could be"
    assert not list(Path().glob("out*"))


LOST = {
    "a part": "pickles, which are not opened",
    "a weight": "lacks weights such as conv_out.bias",
    "some bytes": "is truncated, 10 bytes are missing",
    "its size": "or has them in another size",
}


@pytest.mark.parametrize("lost", LOST)
def test_what_is_incomplete_is_not_converted(lost: str, nodeflow: Program) -> None:
    """Pickles in the place of weights are no weights."""
    assert nodeflow("convert", "pocket", "half", "--to", "diffusers").code == 0
    file = Path("half/unet/diffusion_pytorch_model.safetensors")
    tensors, config = load_file(file), file.with_name("config.json")
    if lost == "a part":
        file.unlink()
        torch.save(tensors, file.with_suffix(".bin"))
    elif lost == "a weight":
        save_file({name: tensor for name, tensor in tensors.items() if name != "conv_out.bias"}, file)
    elif lost == "some bytes":
        file.write_bytes(file.read_bytes()[:-10])
    else:
        config.write_text(json.dumps({**json.loads(config.read_text()), "block_out_channels": [10**7] * 3}))
    answer = nodeflow("convert", "half", "out.safetensors")
    assert answer.code == 4
    (line,) = answer.errors
    assert LOST[lost] in line
    assert not Path("out.safetensors").exists()


def test_ctrl_c_leaves_nothing_and_is_told_by_the_exit_code(
    nodeflow: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nodeflow.backends.torch import converting

    def interrupted(*_: object) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(converting, "_bytes", interrupted)
    answer = nodeflow("convert", "pocket", "out.safetensors")
    assert (answer.code, answer.out) == (130, "")
    assert answer.errors == []
    assert list(Path().iterdir()) == []
