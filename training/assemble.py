"""Puts trained weights together in half precision: diffusers folders, a single file, LoRAs, an embedding."""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

import torch
from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline
from peft import get_peft_model_state_dict
from rich.console import Console
from safetensors.torch import save_file

from training.base import new_base
from training.config import Family, load_family, work_folder
from training.inversion import Embedding
from training.kohya import kohya_layout
from training.loop import load_averaged
from training.lora import add_lora
from training.nets import TOKENS, build_unet, build_vae, text_config
from training.pack import Floats, Pack, read_pack
from training.semantics import all_meanings, spread_rows
from training.shipped import sized_as
from training.single_file import original_layout
from training.words import BUNDLED, END, FULL, START, Words

SHARED = {name: f"../pocket/{name}" for name in ("text_encoder_2", "tokenizer_2", "vae")}
INPAINT_SHARED = {name: f"../pocket/{name}" for name in ("text_encoder", "tokenizer")} | SHARED
METADATA = {"format": "pt"}
console = Console()


def full_rows(rows: torch.Tensor, pack: Pack, meanings: Floats | None) -> torch.Tensor:
    """Embeddings of the whole CLIP vocabulary from the trained compact ones.

    Args:
        rows: (compact, width): known tokens, unknown, start, end.
        pack: The data set, which says which tokens are known.
        meanings: Of all tokens; without them unseen tokens get the unknown row.
    """
    words = Words(pack.vocabulary)
    ids = torch.tensor(words.ids)
    table = rows[words.unknown].expand(FULL, -1).clone()
    if meanings is not None:
        table = spread_rows(rows[: len(ids)], meanings[words.ids], meanings)
    table[ids] = rows[: len(ids)]
    table[START], table[END] = rows[words.start], rows[words.end]
    return table


def full_encoder(encoder: Any, size: Any, pack: Pack, meanings: Floats | None) -> Any:
    """A text encoder over the whole vocabulary."""
    state = dict(encoder.state_dict())
    key = next(name for name in state if name.endswith(TOKENS))
    state[key] = full_rows(state[key], pack, meanings)
    complete = type(encoder)(text_config(size, FULL, END))
    complete.load_state_dict(state)
    return complete.eval()


def scheduler() -> Any:
    """SDXL's default sampler."""
    return EulerDiscreteScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        timestep_spacing="leading",
        steps_offset=1,
    )


def trained_vae(family: Family) -> Any:
    """The autoencoder with its tuned decoder and its scaling factor."""
    vae: Any = load_averaged("vae", build_vae(family))
    if (work_folder() / "decoder" / "averaged.pt").exists():
        load_averaged("decoder", vae)
    scaling = torch.load(work_folder() / "vae" / "scaling.pt", weights_only=True)
    vae.register_to_config(scaling_factor=float(scaling["scaling_factor"]))
    return vae.eval()


def save_base(family: Family, pack: Pack, target: Path) -> None:
    """Write the base as a diffusers folder."""
    from transformers import CLIPTokenizer

    base: Any = load_averaged("base", new_base(family, pack))
    meanings = all_meanings()
    folders = [BUNDLED / name for name in ("tokenizer", "tokenizer_2")]
    pipeline = StableDiffusionXLPipeline(
        vae=trained_vae(family),
        text_encoder=full_encoder(base.text.first, family.text_encoder, pack, meanings),
        text_encoder_2=full_encoder(base.text.second, family.text_encoder_2, pack, meanings),
        tokenizer=CLIPTokenizer.from_pretrained(str(folders[0])),
        tokenizer_2=CLIPTokenizer.from_pretrained(str(folders[1])),
        unet=base.unet.eval(),
        scheduler=scheduler(),
        force_zeros_for_empty_prompt=True,
        add_watermarker=False,
    )
    pipeline.to(torch.float16).save_pretrained(target, safe_serialization=True)
    for folder in folders:
        shutil.rmtree(target / folder.name)
        shutil.copytree(folder, target / folder.name)


def save_with_shared(
    family: Family, name: str, shared: dict[str, str], index: dict[str, Any], target: Path
) -> None:
    """Write a model whose UNet is its own and whose other parts are the base's."""
    unet: Any = load_averaged(name, build_unet(family, name))
    unet.half().save_pretrained(target / "unet", safe_serialization=True)
    scheduler().save_pretrained(target / "scheduler")
    parts = {
        "scheduler": ["diffusers", "EulerDiscreteScheduler"],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "tokenizer_2": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
        "image_encoder": [None, None],
        "feature_extractor": [None, None],
    }
    for absent in ("text_encoder", "tokenizer"):
        if absent not in shared:
            parts[absent] = [None, None]
    (target / "model_index.json").write_text(
        json.dumps({**index, **parts}, indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )
    (target / "shared.json").write_text(json.dumps(shared, indent=2) + "\n", encoding="utf-8")


def save_loras(family: Family, target: Path) -> None:
    """Write the LoRAs in diffusers' and in kohya's layout."""
    (target / "kohya").mkdir(parents=True, exist_ok=True)
    for name in family.triggers:
        if not (work_folder() / f"lora-{name}" / "averaged.pt").exists():
            console.print(f"no LoRA {name} yet")
            continue
        unet: Any = build_unet(family, "base")
        add_lora(unet, family.rank)
        load_averaged(f"lora-{name}", unet)
        state = {key: value.half().contiguous() for key, value in get_peft_model_state_dict(unet).items()}
        named = {f"unet.{key}": value for key, value in state.items()}
        said = METADATA | {"modelspec.trigger_phrase": family.triggers[name]}
        save_file(named, target / f"{name}.safetensors", said)
        save_file(kohya_layout(state, family.rank), target / "kohya" / f"{name}.safetensors", said)


def save_embedding(family: Family, target: Path) -> None:
    """Write the textual-inversion embedding in SDXL's usual layout: `clip_l` and `clip_g`."""
    embedding: Any = load_averaged("inversion", Embedding(family))
    target.mkdir(parents=True, exist_ok=True)
    state = {"clip_l": embedding.clip_l.detach().half(), "clip_g": embedding.clip_g.detach().half()}
    save_file(state, target / "pocket-friend.safetensors", METADATA)


def assemble(target: Path, family: Family, pack: Pack, origin: Path | None = None) -> None:
    """Write all that has been trained below `target`; the rest, the base too, is that of `origin`."""
    base = target / "checkpoints" / "pocket"
    if origin is None:
        save_base(family, pack, base)
    else:
        shutil.copytree(origin, target, dirs_exist_ok=True)
    version = json.loads((base / "model_index.json").read_text())["_diffusers_version"]
    trained = work_folder()
    refiner = {"_class_name": "StableDiffusionXLImg2ImgPipeline", "_diffusers_version": version}
    refiner |= {"force_zeros_for_empty_prompt": False, "requires_aesthetics_score": True}
    inpaint = {"_class_name": "StableDiffusionXLInpaintPipeline", "_diffusers_version": version}
    inpaint |= {"force_zeros_for_empty_prompt": True, "requires_aesthetics_score": False}
    for name, shared, index in (("refiner", SHARED, refiner), ("inpaint", INPAINT_SHARED, inpaint)):
        if (trained / name / "averaged.pt").exists():
            save_with_shared(family, name, shared, index, target / "checkpoints" / f"pocket-{name}")
    save_loras(family, target / "loras")
    if (trained / "inversion" / "averaged.pt").exists():
        save_embedding(family, target / "embeddings")
    single = target / "single"
    single.mkdir(exist_ok=True)
    save_file(original_layout(base), single / "pocket.safetensors")


def main() -> None:
    """Assemble into the work folder; what is bundled is replaced by hand, once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", type=Path, dest="origin", help="take what is not trained from this folder")
    origin, target = parser.parse_args().origin, work_folder() / "models"
    assemble(target, sized_as(origin, load_family()), read_pack(), origin)
    for file in sorted(target.rglob("*.safetensors")):
        console.print(f"{file.stat().st_size / 1e6:8.2f} MB  {file.relative_to(target)}")


if __name__ == "__main__":
    main()
