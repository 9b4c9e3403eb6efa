"""The torch backend: each call leases what it needs and hands it to the module that knows how."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from copy import copy
from dataclasses import replace
from pathlib import Path

from nodeflow.backends import conditioning, encoding
from nodeflow.backends.protocol import Monitor, PromptRequest, SampleRequest
from nodeflow.backends.torch import lora, modes, sampling, vae
from nodeflow.backends.torch.access import TOKENIZERS, Access, parts_of
from nodeflow.backends.torch.altering import Altering, altered
from nodeflow.backends.torch.component import Component
from nodeflow.backends.torch.consistency import told_guidance
from nodeflow.backends.torch.converting import write_model
from nodeflow.backends.torch.device import usual_arrangement
from nodeflow.backends.torch.guiders import make_guider
from nodeflow.backends.torch.prediction import with_patches
from nodeflow.backends.torch.preview import Previews
from nodeflow.backends.torch.reader import Reader, load_tensor
from nodeflow.backends.torch.relief import Relief, Way
from nodeflow.backends.torch.schedulers import make_scheduler
from nodeflow.backends.torch.source import locate_model
from nodeflow.backends.torch.store import ModelStore
from nodeflow.backends.torch.telling import on_device, wanted_by
from nodeflow.hardware import Arrangement, Dtype, Mode, Part
from nodeflow.values import Conditioning, Image, Latent, Layout, ModelPart, ModelRecipe


class TorchBackend:
    """Runs SDXL with torch and diffusers. Safe to call from several threads.

    Args:
        device: Use only this device, such as `cpu` or `cuda:1`; None: the environment's `NODEFLOW_DEVICE`, or
            what suits best. Decides nothing for views with an arrangement of their own. Tried are
            `cpu` and `cuda`.
        store: Holds the weights; None: one that takes what memory is free.

    Raises:
        UsageError: If the device does not exist here.
    """

    def __init__(self, device: str | None = None, store: ModelStore | None = None) -> None:
        self._access = Access(usual_arrangement(device), store or ModelStore(), Relief())
        self._previews = Previews()

    @property
    def name(self) -> str:
        """What the backend is called in messages."""
        return "torch"

    def arranged(self, arrangement: Arrangement) -> TorchBackend:
        """This backend, with the same models in memory, computing as an arrangement says."""
        view = copy(self)
        view._access = replace(self._access, arrangement=arrangement)
        return view

    def prepare(self, model: ModelRecipe, part: ModelPart) -> None:
        """Load a part that will soon be needed, if there is room for it now. Never raises."""
        with suppress(Exception):  # whoever needs the part is told what is wrong with it
            self._access.prepare(model, part)

    def lease(
        self, model: ModelRecipe, *parts: Part, mode: Mode | None = None
    ) -> AbstractContextManager[Mapping[Part, Component]]:
        """Lend components of a model for one call; see `Access.lease`."""
        return self._access.lease(model, *parts, mode=mode)

    def encode_text(self, model: ModelRecipe, prompt: PromptRequest, monitor: Monitor) -> Conditioning:
        """Encode a prompt with the model's text encoders (both, or the second for a refiner)."""
        source = locate_model(model)
        parts = parts_of(source, ModelPart.TEXT_ENCODERS)
        patches = model.patches_for(ModelPart.TEXT_ENCODERS)
        lora.tell_lacking(source.places, patches, monitor)

        def encode(way: Way) -> Conditioning:
            with self.lease(model, *parts, mode=way.mode) as lease:
                readers: dict[Part, Reader] = {}
                for part in filter(TOKENIZERS.get, parts):
                    lora.apply(lease[part], part, patches, monitor)
                    readers[part] = Reader(lease[part].module, lease[TOKENIZERS[part]].module)
                return encoding.encode(readers, prompt, load_tensor)

        return self._access.run(model, ModelPart.TEXT_ENCODERS, encode, monitor)

    def sample(self, model: ModelRecipe, request: SampleRequest, monitor: Monitor) -> Latent:
        """Denoise latents."""
        source = locate_model(model)
        previewer = self._previews.of(source, lambda: self.lease(model, Part.VAE))

        def denoise(way: Way) -> Latent:
            with self.lease(model, Part.UNET, mode=way.mode) as lease:
                component = lease[Part.UNET]
                placement = self._access.arrangement.placement(model)
                patches = model.patches_for(ModelPart.UNET)
                lora.apply(component, Part.UNET, patches, monitor)
                modes.slice_attention(component, sliced=placement.attention_slicing)
                compiled = placement.compiled and modes.can_compile(component)
                if compiled is not placement.compiled:
                    monitor.deviate(ModelPart.UNET, compiled="no")
                unet = component.module
                with told_guidance(unet, request) as asked, altered(unet, patches):
                    guider = make_guider(asked, unet)
                    scheduler = make_scheduler(
                        asked.scheduler,
                        with_patches(source.scheduler, patches),
                        asked.total_steps,
                        component.device,
                        asked.schedule,
                        solver=asked.solver,
                    )
                    told = conditioning.prepare(wanted_by(unet, source), asked, guider.sides)
                    return sampling.sample(
                        unet,
                        scheduler,
                        on_device(told, unet),
                        guider,
                        asked,
                        monitor=monitor,
                        previewer=previewer,
                        altering=Altering(unet, patches, asked.total_steps),
                        reuse_every=placement.reuse_every,
                        compiled=compiled,
                    )

        size = (len(request.latent), *request.latent.size)
        return self._access.run(model, ModelPart.UNET, denoise, monitor, size=size, kind="sampled")

    def encode_image(self, model: ModelRecipe, image: Image, monitor: Monitor) -> Latent:
        """Encode pixels with the model's VAE, taking the posterior's mode."""

        def encode(way: Way) -> Latent:
            with self.lease(model, Part.VAE, mode=way.mode) as lease:
                modes.set_tile(lease[Part.VAE].module, way.tile)
                return vae.encode(lease[Part.VAE].module, image, monitor)

        size = (1, *image.size)  # one at a time
        return self._access.run(model, ModelPart.VAE, encode, monitor, size=size, kind="encoded")

    def decode(self, model: ModelRecipe, latent: Latent, monitor: Monitor) -> Image:
        """Decode latents to pixels with the model's VAE."""

        def decode(way: Way) -> Image:
            with self.lease(model, Part.VAE, mode=way.mode) as lease:
                modes.set_tile(lease[Part.VAE].module, way.tile)
                return vae.decode(lease[Part.VAE].module, latent, monitor)

        size = (1, *latent.size)
        return self._access.run(model, ModelPart.VAE, decode, monitor, size=size, kind="decoded")

    def write_model(
        self,
        model: ModelRecipe,
        target: Path,
        layout: Layout,
        dtype: Dtype | None,
        monitor: Monitor,
        *,
        mark: str = "",
    ) -> None:
        """Write a model with everything that its recipe says; see `converting`."""

        def progress(done: int, total: int) -> None:
            monitor.raise_if_cancelled()
            monitor.progress(done // 2**20, total // 2**20)

        write_model(model, target, layout, dtype=dtype, progress=progress, warn=monitor.warn, mark=mark)

    def close(self) -> None:
        """Release everything held in memory."""
        self._access.store.close()
