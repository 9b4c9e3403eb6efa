"""Other words for what nodes do, as people who come from elsewhere type them."""

SYNONYMS: dict[str, str] = {
    "CheckpointLoader": "load model checkpoint ckpt sdxl base safetensors",
    "EmptyLatent": "empty latent size width height resolution canvas noise",
    "LoadImage": "open picture photo file input image to image img2img",
    "LoadMask": "mask paint inpaint stencil region select",
    "LoRALoader": "lora lycoris adapter style load",
    "PreviewImage": "show view look display",
    "Refiner": "refine sdxl refiner second pass",
    "Reroute": "dot bend elbow wire",
    "Sampler": "ksampler sample denoise generate diffusion steps cfg guidance seed scheduler",
    "SaveImage": "write export output png store",
    "SolidColor": "fill flat plain background constant colour color",
    "Subgraph": "group component compound",
    "Switch": "choose select branch if else mux toggle variant",
    "TextEncode": "prompt clip text encode positive negative conditioning",
    "VAEDecode": "latent to image decode pixels",
    "VAEEncode": "image to latent encode img2img",
    "VAELoader": "load vae",
}
