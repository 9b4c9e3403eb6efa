"""Hands each call to the backend that can compute with its model: exported ones are ONNX Runtime's."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from copy import copy
from importlib.util import find_spec
from pathlib import Path

from nodeflow.backends.checks import check_numbers
from nodeflow.backends.protocol import Backend, Monitor, PromptRequest, SampleRequest
from nodeflow.errors import NodeFailed, NodeflowError
from nodeflow.hardware import Arrangement, Dtype
from nodeflow.models import is_exported
from nodeflow.values import Conditioning, Image, Latent, Layout, ModelPart, ModelRecipe

ONNX = "onnx"


class ByModel:
    """Several backends as one, each loaded when a model first needs it.

    Args:
        usual: The name of the backend for all models that are not exported.
        load: Loads a backend by name.
    """

    def __init__(self, usual: str, load: Callable[[str], Backend]) -> None:
        self._usual, self._load = usual, load
        self._loaded: dict[str, Backend] = {}
        self._lock = threading.Lock()
        self._arrangement: Arrangement | None = None

    @property
    def name(self) -> str:
        """What the usual backend is called."""
        return self._usual

    def arranged(self, arrangement: Arrangement) -> ByModel:
        """These backends, with the same models in memory, computing as an arrangement says."""
        view = copy(self)
        view._arrangement = arrangement
        return view

    def warm_up(self) -> None:
        """Load the usual backend, or, where it is not installed, that of exported models.

        Raises:
            NodeflowError: If neither loads.
        """
        try:
            self._get(self._usual)
        except NodeflowError:
            if find_spec("onnxruntime") is None:
                raise
            self._get(ONNX)

    def prepare(self, model: ModelRecipe, part: ModelPart) -> None:
        """Load a part that will soon be needed. Never raises."""
        with suppress(Exception):  # whoever needs the part is told what is wrong
            self._of(model).prepare(model, part)

    def encode_text(self, model: ModelRecipe, prompt: PromptRequest, monitor: Monitor) -> Conditioning:
        """Encode a prompt with the model's text encoders."""
        found = self._of(model).encode_text(model, prompt, monitor)
        arrays = found.encoder_1, found.encoder_2, found.pooled
        check_numbers(f"the text encoders of '{model.name}'", *arrays)
        return found

    def sample(self, model: ModelRecipe, request: SampleRequest, monitor: Monitor) -> Latent:
        """Denoise latents."""
        found = self._of(model).sample(model, request, monitor)
        check_numbers(f"the UNet of '{model.name}'", found.samples)
        return found

    def encode_image(self, model: ModelRecipe, image: Image, monitor: Monitor) -> Latent:
        """Encode pixels with the model's VAE."""
        found = self._of(model).encode_image(model, image, monitor)
        check_numbers(f"the VAE of '{model.name}'", found.samples)
        return found

    def decode(self, model: ModelRecipe, latent: Latent, monitor: Monitor) -> Image:
        """Decode latents to pixels with the model's VAE."""
        found = self._of(model).decode(model, latent, monitor)
        check_numbers(f"the VAE of '{model.name}'", found.pixels)
        return found

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
        """Write a model with everything that its recipe says."""
        self._of(model).write_model(model, target, layout, dtype, monitor, mark=mark)

    def close(self) -> None:
        """Release everything held in memory."""
        with self._lock:
            loaded = list(self._loaded.values())
        for backend in loaded:
            backend.close()

    def _of(self, model: ModelRecipe) -> Backend:
        if is_exported(model.path):
            backend = self._get(ONNX)
        elif self._usual == "torch" and find_spec("torch") is None:
            raise NodeFailed(
                f"'{model.name}' needs torch, which is not installed",
                input="model",
                advice="Install it with: pip install 'nodeflow[torch]'; or export the model with "
                "`nodeflow convert --to onnx` where torch is installed, and choose that",
            )
        else:
            backend = self._get(self._usual)
        return backend if self._arrangement is None else backend.arranged(self._arrangement)

    def _get(self, name: str) -> Backend:
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = self._load(name)
            return self._loaded[name]
