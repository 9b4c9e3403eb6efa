"""The torch backend: each call leases what it needs and hands it to the module that knows how."""

from __future__ import annotations

from typing import cast

import torch

from nodeflow.backends.protocol import Monitor, PromptRequest, SampleRequest
from nodeflow.backends.torch import conditioning, lora, prompts, sampling, vae
from nodeflow.backends.torch.device import Device, memory_errors_named
from nodeflow.backends.torch.preview import Previewer, fit_linear_preview, linear_preview
from nodeflow.backends.torch.schedulers import make_scheduler
from nodeflow.backends.torch.source import Part, Source, locate
from nodeflow.backends.torch.store import ModelStore
from nodeflow.values import Conditioning, Image, Latent, ModelPart, ModelRecipe
from nodeflow.values.arrays import FloatArray

_ENCODERS = ((Part.TOKENIZER, Part.TEXT_ENCODER), (Part.TOKENIZER_2, Part.TEXT_ENCODER_2))


class TorchBackend:
    """Runs SDXL with torch and diffusers. Safe to call from several threads.

    Args:
        device: A torch device such as `cpu` or `cuda:1`; None: the environment's `NODEFLOW_DEVICE`, or `cpu`.
            Anything but `cpu` is untested.
    """

    def __init__(self, device: str | None = None) -> None:
        self._device = Device.choose(device)
        self._store = ModelStore(self._device)

    @property
    def name(self) -> str:
        """What the backend is called in messages."""
        return "torch"

    def encode_text(self, model: ModelRecipe, prompt: PromptRequest, monitor: Monitor) -> Conditioning:
        """Encode a prompt with the model's text encoders (both, or the second for a refiner)."""
        source = locate(model.path)
        texts = (prompt.text, prompt.text if prompt.text_2 is None else prompt.text_2)
        used = list(zip(_ENCODERS, texts, strict=True))[1 if source.is_refiner else 0 :]
        parts = [part for pair, _ in used for part in pair]
        encoded: dict[Part, tuple[FloatArray, FloatArray | None]] = {}
        with memory_errors_named(), self._store.lease(source, *parts) as lease:
            patches = model.patches_for(ModelPart.TEXT_ENCODERS)
            for (tokenizer, encoder), text in used:
                lora.apply(lease[encoder], encoder, patches, monitor)
                modules = lease[encoder].module, lease[tokenizer].module
                encoded[encoder] = prompts.encode(*modules, text, prompt.clip_skip)
            lost = [prompts.left_out(lease[tokenizer].module, text) for (tokenizer, _), text in used]
        for words in dict.fromkeys(filter(None, lost)):
            monitor.warn(f"the prompt is too long for the text encoder; left out: {words}")
        hidden_1, _ = encoded.get(Part.TEXT_ENCODER, (None, None))
        hidden_2, pooled = encoded[Part.TEXT_ENCODER_2]
        return Conditioning(hidden_1, hidden_2, cast(FloatArray, pooled))

    def sample(self, model: ModelRecipe, request: SampleRequest, monitor: Monitor) -> Latent:
        """Denoise latents."""
        source = locate(model.path)
        device = self._device.device
        with memory_errors_named(), self._store.lease(source, Part.UNET) as lease:
            lora.apply(lease[Part.UNET], Part.UNET, model.patches_for(ModelPart.UNET), monitor)
            unet = lease[Part.UNET].module
            guidance = conditioning.prepare(unet, source, request)
            scheduler = make_scheduler(request.scheduler, source.scheduler, request.steps, device)
            previewer = self._previewer(source)
            return sampling.sample(unet, scheduler, guidance, request, monitor=monitor, previewer=previewer)

    def encode_image(self, model: ModelRecipe, image: Image, monitor: Monitor) -> Latent:
        """Encode pixels with the model's VAE, taking the posterior's mode."""
        with memory_errors_named(), self._store.lease(locate(model.path), Part.VAE) as lease:
            return vae.encode(lease[Part.VAE].module, image, monitor)

    def decode(self, model: ModelRecipe, latent: Latent, monitor: Monitor) -> Image:
        """Decode latents to pixels with the model's VAE."""
        with memory_errors_named(), self._store.lease(locate(model.path), Part.VAE) as lease:
            return vae.decode(lease[Part.VAE].module, latent, monitor)

    def close(self) -> None:
        """Release everything held in memory."""
        self._store.close()

    def _previewer(self, source: Source) -> Previewer:
        def preview(latents: torch.Tensor) -> Image:
            with self._store.lease(source, Part.VAE) as lease:
                component = lease[Part.VAE]
                if component.preview is None:
                    component.preview = fit_linear_preview(component.module)
                matrix = component.preview
            return linear_preview(matrix, latents)

        return preview
