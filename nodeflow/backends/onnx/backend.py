"""The ONNX Runtime backend: each call hands an exported network to the module that knows how."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy
from functools import partial
from pathlib import Path
from typing import Any

from nodeflow.backends import conditioning, encoding
from nodeflow.backends.consistency import told_scale, without_guidance
from nodeflow.backends.linear_preview import Chart, fit_linear, linear_preview
from nodeflow.backends.onnx import limits, sampling, vae
from nodeflow.backends.onnx.predicting import Unet
from nodeflow.backends.onnx.providers import available, choose
from nodeflow.backends.onnx.reader import Reader, load_tensor
from nodeflow.backends.onnx.sessions import Sessions
from nodeflow.backends.onnx.solvers import make_solver
from nodeflow.backends.onnx.training import Training
from nodeflow.backends.preview_fits import Fit, KeptFits, identity
from nodeflow.backends.protocol import Monitor, PromptRequest, SampleRequest
from nodeflow.backends.silent import SilentMonitor
from nodeflow.errors import NodeFailed
from nodeflow.folders import Folders
from nodeflow.hardware import Arrangement, Dtype, Part
from nodeflow.models.exported import ExportedModel, Network, is_exported
from nodeflow.values import Conditioning, Image, Latent, Layout, ModelPart, ModelRecipe
from nodeflow.values.arrays import FloatArray

_NETWORKS = {
    ModelPart.TEXT_ENCODERS: (Network.TEXT_ENCODER, Network.TEXT_ENCODER_2),
    ModelPart.UNET: (Network.UNET,),
    ModelPart.VAE: (Network.VAE_DECODER,),
}


class OnnxBackend:
    """Runs models that were exported to ONNX. Safe to call from several threads.

    Args:
        device: Compute on this, such as `cpu` or `cuda:1`; None: the environment's `NODEFLOW_DEVICE`, or the
            fastest. Decides nothing for views with an arrangement of their own.

    Raises:
        UsageError: If ONNX Runtime does not have that device here.
    """

    def __init__(self, device: str | None = None) -> None:
        self._chosen = choose(available(), device or os.environ.get("NODEFLOW_DEVICE") or None)
        self._sessions = Sessions()
        self._previews: dict[str, FloatArray] = {}

    @property
    def name(self) -> str:
        """What the backend is called in messages."""
        return "onnx"

    def arranged(self, arrangement: Arrangement) -> OnnxBackend:
        """This backend, with the same models in memory, on the device that the user wants."""
        view = copy(self)
        if arrangement.wishes.device is not None:
            view._chosen = choose(available(), arrangement.wishes.device)
        return view

    def prepare(self, model: ModelRecipe, part: ModelPart) -> None:
        """Load a part that will soon be needed. Never raises."""
        with suppress(Exception):  # whoever needs the part is told what is wrong with it
            exported = _exported(model)
            for network in _NETWORKS[part]:
                if network in exported.networks:
                    self._sessions.get(exported, network, self._chosen)

    def encode_text(self, model: ModelRecipe, prompt: PromptRequest, monitor: Monitor) -> Conditioning:
        """Encode a prompt with the model's text encoders (both, or the second for a refiner)."""
        _check(ModelPart.TEXT_ENCODERS, model=model)
        monitor.raise_if_cancelled()
        exported = _exported(model)
        readers = {
            Part(network): Reader(exported, network, self._sessions, self._chosen)
            for network in _NETWORKS[ModelPart.TEXT_ENCODERS]
            if network in exported.networks
        }
        return encoding.encode(readers, prompt, load_tensor)

    def sample(self, model: ModelRecipe, request: SampleRequest, monitor: Monitor) -> Latent:
        """Denoise latents."""
        _check(
            ModelPart.UNET,
            model=model,
            positive=request.positive,
            negative=request.negative,
            scheduler=request.scheduler,
            noise=request.noise,
            guidance=request.guidance,
            solver=request.solver,
        )
        exported = _exported(model)
        unet = exported.unet
        wanted = conditioning.Told(unet.hidden, unet.added, unet.size, exported.is_refiner, unet.aesthetics)
        told = told_scale(request) if exported.is_told_guidance else None
        request = request if told is None else without_guidance(request)
        guider = sampling.make_guider(request)
        steering = conditioning.prepare(wanted, request, guider.sides)
        solver = make_solver(request.scheduler, exported.scheduler, request.total_steps, request.schedule)
        return sampling.sample(
            Unet(self._network(exported, Network.UNET, "prediction"), unet.channels, told),
            solver,
            request,
            training=Training(exported.scheduler),
            steering=steering,
            guider=guider,
            monitor=monitor,
            previewer=partial(self._preview, model),
        )

    def encode_image(self, model: ModelRecipe, image: Image, monitor: Monitor) -> Latent:
        """Encode pixels with the model's VAE, taking the posterior's mode."""
        _check(ModelPart.VAE, model=model)
        exported = _exported(model)
        run = self._network(exported, Network.VAE_ENCODER, "latent")
        return vae.encode(lambda planes: run({"pixels": planes}), exported.vae, image, monitor)

    def decode(self, model: ModelRecipe, latent: Latent, monitor: Monitor) -> Image:
        """Decode latents to pixels with the model's VAE."""
        _check(ModelPart.VAE, model=model)
        exported = _exported(model)
        run = self._network(exported, Network.VAE_DECODER, "pixels")
        return vae.decode(lambda planes: run({"latent": planes}), exported.vae, latent, monitor)

    def write_model(
        self,
        model: ModelRecipe,
        target: Path,  # noqa: ARG002 - nothing is written
        layout: Layout,
        dtype: Dtype | None,  # noqa: ARG002
        monitor: Monitor,  # noqa: ARG002
        *,
        mark: str = "",  # noqa: ARG002
    ) -> None:
        """Refuse: what was exported cannot be turned back.

        Raises:
            NodeFailed: Always.
        """
        raise NodeFailed(
            f"'{model.name}' is exported to ONNX, which cannot be turned back into {layout}",
            input="model",
            advice="Save the checkpoint that it was exported from",
        )

    def close(self) -> None:
        """Release everything held in memory."""
        self._sessions.close()

    def _network(
        self, model: ExportedModel, network: Network, output: str
    ) -> Callable[[Mapping[str, FloatArray]], FloatArray]:
        def run(inputs: Mapping[str, FloatArray]) -> FloatArray:
            return self._sessions.run(model, network, self._chosen, inputs, [output])[0]

        return run

    def _preview(self, model: ModelRecipe, latents: FloatArray) -> Image:
        """A small picture, by a linear map that is fitted to the VAE when first looked at."""
        exported = _exported(model)
        file = exported.path / exported.networks[Network.VAE_ENCODER].file
        state = file.stat()
        known = identity([(file, [state.st_size, state.st_mtime_ns])])
        if known not in self._previews:
            fits = KeptFits(Folders.from_environment().cache / "previews")
            fit = fits.load(known)
            if fit is None:
                fit = Fit(fit_linear(Chart.of(partial(self.encode_image, model, monitor=SilentMonitor()))))
                fits.save(known, fit)
            self._previews[known] = fit.matrix
        return linear_preview(self._previews[known], latents)


def _exported(model: ModelRecipe) -> ExportedModel:
    if not is_exported(model.path):
        raise NodeFailed(
            f"'{model.name}' is not exported to ONNX",
            input="model",
            advice="Export it with `nodeflow convert --to onnx`, where torch is installed",
        )
    return ExportedModel.read(model.path)


def _check(part: ModelPart, **inputs: Any) -> None:
    for name, value in inputs.items():
        try:
            limits.check(value, part)
        except NodeFailed as error:
            error.input = error.input or name
            raise
