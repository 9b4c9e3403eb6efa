"""Pictures of unfinished latents: by a linear map, or by a small decoder where there is one that fits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import torch

from nodeflow.backends.clean import clean_latents
from nodeflow.backends.linear_preview import Chart, fit_linear, linear_preview
from nodeflow.backends.preview_fits import Fit, KeptFits, identity
from nodeflow.backends.silent import SilentMonitor
from nodeflow.backends.torch.component import Component
from nodeflow.backends.torch.source import Source
from nodeflow.backends.torch.stamp import stamp
from nodeflow.backends.torch.tiny_preview import TinyDecoder
from nodeflow.backends.torch.vae import encode
from nodeflow.folders import Folders
from nodeflow.hardware import Part
from nodeflow.models import Catalogue, ModelKind
from nodeflow.values import Image

Previewer = Callable[[torch.Tensor], Image]
"""Turns denoised latents, shape (batch, 4, height / 8, width / 8), into a small picture."""

_Lease = Callable[[], AbstractContextManager[Mapping[Part, Component]]]


class Previews:
    """How the latents of each VAE are shown: found out when first looked at, and kept in the cache folder.

    Small decoders in the models folders are tried on latents of the VAE; the best is used, if it shows
    more than a linear map does. Those of another family of models do not.

    Args:
        folders: Says where models and cache are.
    """

    def __init__(self, folders: Callable[[], Folders] = Folders.from_environment) -> None:
        self._folders = folders
        self._made: dict[str, Previewer] = {}

    def of(self, source: Source, lease: _Lease) -> Previewer:
        """Make pictures as a checkpoint's VAE would.

        Args:
            source: The checkpoint.
            lease: Lends its VAE; once it is known how to show its latents, nobody waits for a VAE that
                decodes meanwhile.
        """

        @cache
        def chosen() -> Previewer:  # looked for once in a run, and only if anybody looks
            return self._choose(source, lease)

        def preview(latents: torch.Tensor) -> Image:
            return chosen()(latents)

        return preview

    def _choose(self, source: Source, lease: _Lease) -> Previewer:
        folders = self._folders()
        decoders = [entry.path for entry in Catalogue(folders).entries(ModelKind.PREVIEW)]
        known = identity((file, stamp(file)) for file in (*_files(source), *decoders))
        if known not in self._made:
            fits = KeptFits(folders.cache / "previews")
            fit = fits.load(known)
            if fit is None:
                with lease() as lent:
                    fit = best_fit(_chart(lent[Part.VAE].module), decoders)
                fits.save(known, fit)
            self._made[known] = _previewer(fit)
        return self._made[known]


def best_fit(chart: Chart, decoders: Iterable[Path]) -> Fit:
    """Fit the linear map, and choose the decoder that shows more than it, if there is one.

    Args:
        chart: Pictures, and what the VAE makes of them.
        decoders: Files that may hold small decoders.
    """
    matrix, latents = fit_linear(chart), torch.from_numpy(chart.latents)
    least, best = chart.error(linear_preview(matrix, chart.latents).pixels), None
    for file in decoders:
        decoder = TinyDecoder.load(file)
        shown = decoder(latents).pixels if decoder is not None else None
        if shown is not None and shown.shape == chart.pixels.shape and (error := chart.error(shown)) < least:
            least, best = error, file
    return Fit(matrix, best)


def _previewer(fit: Fit) -> Previewer:
    decoder = TinyDecoder.load(fit.decoder) if fit.decoder is not None else None
    return decoder or (lambda latents: linear_preview(fit.matrix, latents.float().cpu().numpy()))


def _chart(vae: Any) -> Chart:
    return Chart.of(lambda image: encode(vae, image, SilentMonitor()))


def _files(source: Source) -> list[Path]:
    """What a VAE consists of."""
    place, config = source.place(Part.VAE), source.configs[Part.VAE] / "config.json"
    return [place] if config.parent == place else [place, config]


@dataclass(frozen=True, eq=False)
class Estimate:
    """A preview that costs nothing until it is called: the clean picture that a prediction points to.

    Attributes:
        scheduler: The scheduler that scaled `model_input`.
        model_input: What the UNet saw, shape (batch, 4, height / 8, width / 8).
        prediction: What it predicted from that, of the same shape.
        timestep: When, in training time (0…1000): a number in a tensor, read only when the picture is made,
            since whoever reads from a card waits for all that it was given to do.
        previewer: Makes the picture.
    """

    scheduler: Any
    model_input: torch.Tensor
    prediction: torch.Tensor
    timestep: torch.Tensor
    previewer: Previewer

    @torch.inference_mode()
    def __call__(self) -> Image:
        """Compute the picture."""
        alphas = self.scheduler.alphas_cumprod
        alpha = alphas[min(round(self.timestep.item()), len(alphas) - 1)].to(self.model_input)
        kind = self.scheduler.config.prediction_type
        clean = clean_latents(self.model_input, self.prediction, alpha, kind)
        return self.previewer(clean)
