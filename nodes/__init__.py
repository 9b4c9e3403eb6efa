"""The built-in nodes. They import no torch: what is heavy they ask of the context's backend."""

from nodes.choosing import choose_image
from nodes.conditioning import (
    conditioning_average,
    conditioning_combine,
    conditioning_concat,
    conditioning_zero_out,
)
from nodes.guidance import guidance
from nodes.inpainting import (
    crop_to_mask,
    differential_diffusion,
    fill_masked,
    pad_for_outpainting,
    paste_masked,
    set_latent_mask,
    vae_encode_for_inpainting,
)
from nodes.latent import empty_latent, vae_decode, vae_encode
from nodes.latent_batch import batch_latents, repeat_latent, select_latents
from nodes.latent_mix import add_noise, blend_latents, composite_latents
from nodes.latent_shape import crop_latent, flip_latent, pad_latent, resize_latent, rotate_latent
from nodes.mask import (
    mask_from_color,
    mask_from_image,
    mask_from_threshold,
    mask_to_image,
    rectangle_mask,
    solid_mask,
)
from nodes.mask_edit import combine_masks, crop_mask, feather_mask, grow_mask, invert_mask, resize_mask
from nodes.model import (
    checkpoint_loader,
    lora_loader,
    set_prediction,
    text_encoder_loader,
    unet_loader,
    vae_loader,
)
from nodes.model_change import deep_shrink, free_u
from nodes.model_merge import merge_checkpoints, save_model
from nodes.number import (
    boolean_value,
    calculate,
    compare,
    if_,
    image_size,
    integer_value,
    latent_size,
    mask_size,
    number_value,
    random_number,
    seed_value,
)
from nodes.picture import load_image, load_mask, preview_image, save_image, solid_color
from nodes.picture_batch import batch_images, image_grid, repeat_image, select_images
from nodes.picture_color import adjust_image, blur_image, invert_image, match_colors, sharpen_image
from nodes.picture_compare import compare_images
from nodes.picture_mix import blend_images, composite_images
from nodes.picture_shape import crop_image, flip_image, pad_image, resize_image, rotate_image
from nodes.regions import conditioning_set_area, conditioning_set_mask, conditioning_set_timestep_range
from nodes.sampling import refiner, sampler
from nodes.schedule import noise, schedule
from nodes.solver import solver
from nodes.text import text_encode
from nodes.text_make import (
    compare_texts,
    join_text,
    random_line,
    replace_text,
    text_template,
    text_value,
    to_text,
)

__all__ = [
    "add_noise",
    "adjust_image",
    "batch_images",
    "batch_latents",
    "blend_images",
    "blend_latents",
    "blur_image",
    "boolean_value",
    "calculate",
    "checkpoint_loader",
    "choose_image",
    "combine_masks",
    "compare",
    "compare_images",
    "compare_texts",
    "composite_images",
    "composite_latents",
    "conditioning_average",
    "conditioning_combine",
    "conditioning_concat",
    "conditioning_set_area",
    "conditioning_set_mask",
    "conditioning_set_timestep_range",
    "conditioning_zero_out",
    "crop_image",
    "crop_latent",
    "crop_mask",
    "crop_to_mask",
    "deep_shrink",
    "differential_diffusion",
    "empty_latent",
    "feather_mask",
    "fill_masked",
    "flip_image",
    "flip_latent",
    "free_u",
    "grow_mask",
    "guidance",
    "if_",
    "image_grid",
    "image_size",
    "integer_value",
    "invert_image",
    "invert_mask",
    "join_text",
    "latent_size",
    "load_image",
    "load_mask",
    "lora_loader",
    "mask_from_color",
    "mask_from_image",
    "mask_from_threshold",
    "mask_size",
    "mask_to_image",
    "match_colors",
    "merge_checkpoints",
    "noise",
    "number_value",
    "pad_for_outpainting",
    "pad_image",
    "pad_latent",
    "paste_masked",
    "preview_image",
    "random_line",
    "random_number",
    "rectangle_mask",
    "refiner",
    "repeat_image",
    "repeat_latent",
    "replace_text",
    "resize_image",
    "resize_latent",
    "resize_mask",
    "rotate_image",
    "rotate_latent",
    "sampler",
    "save_image",
    "save_model",
    "schedule",
    "seed_value",
    "select_images",
    "select_latents",
    "set_latent_mask",
    "set_prediction",
    "sharpen_image",
    "solid_color",
    "solid_mask",
    "solver",
    "text_encode",
    "text_encoder_loader",
    "text_template",
    "text_value",
    "to_text",
    "unet_loader",
    "vae_decode",
    "vae_encode",
    "vae_encode_for_inpainting",
    "vae_loader",
]
