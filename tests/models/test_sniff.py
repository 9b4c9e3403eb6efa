import pytest

from nodeflow.models import Architecture, ModelKind
from nodeflow.models.sniff import recognise


def shapes_of(**shapes: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """These tensors' shapes; `__` in names stands for a dot."""
    return {name.replace("__", "."): shape for name, shape in shapes.items()}


UNET = {"model__diffusion_model__input_blocks__0__0__weight": (320, 4, 3, 3)}
XL = UNET | {"model__diffusion_model__label_emb__0__0__weight": (1280, 2816)}
CONTEXT = "input_blocks__4__1__transformer_blocks__0__attn2__to_k__weight"
KOHYA_XL = "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k__lora_down__weight"
KOHYA_SD1 = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k__lora_down__weight"
PEFT = "unet__down_blocks__1__attentions__0__transformer_blocks__0__attn2__to_k__lora_A__weight"
FIRST = "conditioner__embedders__0__transformer__text_model__final_layer_norm__weight"
SECOND = "conditioner__embedders__1__model__ln_final__weight"
ALONE = "conditioner__embedders__0__model__ln_final__weight"

CASES = {
    "SDXL": (XL | {FIRST: (768,), SECOND: (1280,)}, "checkpoint", "sdxl"),
    "SDXL refiner": (XL | {ALONE: (1280,)}, "refiner", "sdxl-refiner"),
    "SD 1": (
        UNET
        | {
            "cond_stage_model__transformer__text_model__final_layer_norm__weight": (768,),
            f"model__diffusion_model__{CONTEXT}": (640, 768),
        },
        "checkpoint",
        "sd1",
    ),
    "SD 2": (
        UNET
        | {
            "cond_stage_model__model__ln_final__weight": (1024,),
            f"model__diffusion_model__{CONTEXT}": (640, 1024),
        },
        "checkpoint",
        "sd2",
    ),
    "Flux": ({"double_blocks__0__img_attn__qkv__weight": (9216, 3072)}, None, "flux"),
    "Flux with all of its parts": (
        {
            "model__diffusion_model__double_blocks__0__img_mod__lin__bias": (8,),
            "vae__decoder__conv_in__bias": (8,),
        },
        None,
        "flux",
    ),
    "SD 3": (
        {
            "model__diffusion_model__joint_blocks__0__x_block__attn__qkv__weight": (4608, 1536),
            "first_stage_model__decoder__conv_in__bias": (512,),
        },
        None,
        "sd3",
    ),
    "kohya LoRA for Flux": (
        {"lora_unet_double_blocks_0_img_attn_qkv__lora_down__weight": (8, 3072)},
        "lora",
        "flux",
    ),
    "kohya LoRA for SDXL": ({KOHYA_XL: (8, 2048)}, "lora", "sdxl"),
    "kohya LoRA for SD 1": ({KOHYA_SD1: (8, 768)}, "lora", "sd1"),
    "kohya LoRA for SD 1 of unusual width": ({KOHYA_SD1: (8, 32)}, "lora", "sd1"),
    "peft LoRA for SDXL": ({PEFT: (16, 2048)}, "lora", "sdxl"),
    "peft LoRA for a small SDXL": ({PEFT: (16, 160)}, "lora", "sdxl"),
    "LoRA for the refiner": ({PEFT: (16, 1280)}, "lora", "sdxl-refiner"),
    "LoRA for text encoders": ({"lora_te2_text_model_x__lora_up__weight": (8, 8)}, "lora", "sdxl"),
    "LoRA in diffusers' old naming": (
        {"unet__down_blocks__0__attentions__0__attn1__processor__to_q_lora__down__weight": (4, 320)},
        "lora",
        "sd1",
    ),
    "LoHa": ({"lora_unet_mid_block_x__hada_w1_a": (8, 8)}, "lora", "unknown"),
    "LoHa for SDXL": ({"lora_unet_x_attn2_to_k__hada_w1_b": (8, 2048)}, "lora", "sdxl"),
    "GLoRA for SD 1": ({"lora_unet_x_attn2_to_k__a2__weight": (8, 768)}, "lora", "sd1"),
    "OFT": ({"oft_unet_mid_block_x__oft_blocks": (40, 8, 8)}, "lora", "unknown"),
    "norms": ({"lora_unet_mid_block_x__w_norm": (320,)}, "lora", "unknown"),
    "VAE": ({"decoder__conv_in__weight": (512, 4, 3, 3), "quant_conv__bias": (8,)}, "vae", "unknown"),
    "VAE cut out of a checkpoint": ({"first_stage_model__decoder__conv_in__bias": (512,)}, "vae", "unknown"),
    "embedding for SDXL": ({"clip_l": (4, 768), "clip_g": (4, 1280)}, "embedding", "sdxl"),
    "embedding for SD 1": ({"emb_params": (4, 768)}, "embedding", "sd1"),
    "ControlNet for SDXL": (
        {
            "controlnet_cond_embedding__conv_in__weight": (16, 3, 3, 3),
            "down_blocks__1__attentions__0__transformer_blocks__0__attn2__to_k__weight": (640, 2048),
        },
        "controlnet",
        "sdxl",
    ),
    "UNet in diffusers' naming": (
        {
            "conv_in__bias": (320,),
            "down_blocks__0__resnets__0__x": (1,),
            "add_embedding__linear_1__bias": (1,),
        },
        "unet",
        "sdxl",
    ),
    "text encoder": ({"text_model__embeddings__token_embedding__weight": (9, 8)}, "text_encoder", "unknown"),
    "IP-Adapter": ({"image_proj__proj__weight": (8192, 1280)}, "ip_adapter", "unknown"),
}


@pytest.mark.parametrize(("shapes", "kind", "architecture"), CASES.values(), ids=CASES)
def test_the_content_tells(shapes: dict[str, tuple[int, ...]], kind: str | None, architecture: str) -> None:
    seen = recognise(shapes_of(**shapes))
    assert (seen.kind, seen.architecture) == (kind, architecture)


@pytest.mark.parametrize("shapes", [{}, {"x": ()}, {"body__0__weight": (64, 3, 3, 3)}, {"y": (5, 768)}])
def test_what_is_foreign_stays_unknown_unless_it_looks_like_an_embedding(
    shapes: dict[str, tuple[int, ...]],
) -> None:
    expected = ModelKind.EMBEDDING if "y" in shapes else None
    assert recognise(shapes_of(**shapes)).kind is expected


def test_every_kind_has_an_article() -> None:
    assert all(kind.with_article.startswith(("a ", "an ")) and kind.label for kind in ModelKind)


def test_architectures_are_written_as_in_the_catalogue() -> None:
    assert [str(architecture) for architecture in Architecture][:3] == ["sdxl", "sdxl-refiner", "sd1"]
