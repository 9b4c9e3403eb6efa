"""What is shown while sampling: how near to the picture it is, where that is kept, which decoder is used."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import AutoencoderTiny
from safetensors.torch import save_file

from nodeflow.backends.linear_preview import Chart, fit_linear, linear_preview
from nodeflow.backends.torch import TorchBackend, preview
from nodeflow.backends.torch.preview import Previewer, Previews, best_fit
from nodeflow.backends.torch.source import Source, locate
from nodeflow.backends.torch.tiny_preview import LARGEST, TinyDecoder
from nodeflow.folders import Folders
from nodeflow.hardware import Part
from nodeflow.models import Catalogue, ModelKind
from nodeflow.values import Latent, ModelRecipe


@pytest.fixture(scope="session")
def chart(backend: TorchBackend, pocket: ModelRecipe) -> Chart:
    with backend.lease(pocket, Part.VAE) as lent:
        return preview._chart(lent[Part.VAE].module)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    models = tmp_path / "models"
    (models / "vae_approx").mkdir(parents=True)
    return replace(Folders.from_environment({}), cache=tmp_path, models=(models,))


@pytest.fixture
def source(pocket: ModelRecipe) -> Source:
    return locate(pocket.path)


class Lender:
    """Lends a VAE that is not needed, since the chart is known, and counts how often."""

    def __init__(self) -> None:
        self.count = 0

    @contextmanager
    def __call__(self) -> Iterator[Mapping[Part, Any]]:
        self.count += 1
        yield {Part.VAE: SimpleNamespace(module=None)}


@pytest.fixture
def lender(chart: Chart, monkeypatch: pytest.MonkeyPatch) -> Lender:
    monkeypatch.setattr(preview, "_chart", lambda _: chart)
    return Lender()


@pytest.fixture
def previewer(folders: Folders, source: Source, lender: Lender) -> Callable[[], Previewer]:
    """Asks as a new process would."""
    return lambda: Previews(lambda: folders).of(source, lender)


LATENTS = torch.from_numpy(np.random.default_rng(1).standard_normal((2, 4, 8, 8), dtype=np.float32))


@pytest.fixture(scope="module")
def drawn(backend: TorchBackend, pocket: ModelRecipe, sample: Any, empty: Any, make_monitor: Any) -> Any:
    """Latents of three pictures, and the pictures at the size of their previews."""
    latent = sample(latent=empty(batch=3), steps=8)
    decoded = backend.decode(pocket, latent, make_monitor()).pixels
    return torch.from_numpy(latent.samples.copy()), decoded.reshape(3, 16, 8, 16, 8, 3).mean((2, 4))


def test_a_preview_is_the_picture_scaled_down_but_for_a_little(chart: Chart, drawn: Any) -> None:
    latents, pictures = drawn
    shown = linear_preview(fit_linear(chart), latents.numpy()).pixels
    likeness = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(shown, pictures, strict=True)]
    assert -10 * np.log10(np.square(shown - pictures).mean()) > 22
    assert min(likeness) > 0.95


def test_looking_changes_nothing(sample: Callable[..., Latent], make_monitor: Any) -> None:
    class Looking(type(make_monitor())):  # type: ignore[misc]  # whatever the fixture makes
        def progress(self, step: int, steps: int, preview: Any = None) -> None:
            super().progress(step, steps, preview)
            preview()

    looking = Looking()
    assert np.array_equal(sample(monitor=looking).samples, sample().samples)
    assert len(looking.previews) == 6


def kept(folders: Folders) -> Path:
    (file,) = (folders.cache / "previews").iterdir()
    return file


def test_another_process_need_not_fit_again(
    previewer: Callable[[], Previewer], lender: Lender, folders: Folders
) -> None:
    first, second = previewer()(LATENTS), previewer()(LATENTS)
    assert lender.count == 1
    assert np.array_equal(first.pixels, second.pixels)
    assert kept(folders).stat().st_size < 4000


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: "[" * 100_000,
        lambda text: json.dumps({**json.loads(text), "matrix": [[1, 2, 3]]}),
        lambda text: text.replace('"matrix": [[', '"matrix": [[NaN, '),
        lambda text: json.dumps({**json.loads(text), "of": "another VAE"}),
        lambda text: json.dumps({**json.loads(text), "decoder": "/etc/passwd"}),
        lambda text: json.dumps({**json.loads(text), "decoder": 7}),
    ],
)
def test_what_is_damaged_or_foreign_is_fitted_anew(
    damage: Callable[[str], str], previewer: Callable[[], Previewer], lender: Lender, folders: Folders
) -> None:
    before = previewer()(LATENTS).pixels
    kept(folders).write_text(damage(kept(folders).read_text("utf-8")), "utf-8")
    assert np.array_equal(previewer()(LATENTS).pixels, before)
    assert lender.count == 2
    previewer()(LATENTS)
    assert lender.count == 2


def test_another_vae_is_fitted_for_itself(
    folders: Folders, lender: Lender, source: Source, tmp_path: Path, pocket: ModelRecipe
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for file in (pocket.path / "vae").resolve().iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    for used in (source, locate(pocket.path, other), source):
        Previews(lambda: folders).of(used, lender)(LATENTS)
    assert lender.count == 2


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(
    folders: Folders, previewer: Callable[[], Previewer], lender: Lender
) -> None:
    (folders.cache / "previews").write_text("in the way")
    assert previewer()(LATENTS).pixels.shape == (2, 8, 8, 3)
    assert previewer()(LATENTS).pixels.shape == (2, 8, 8, 3)
    assert lender.count == 2


def trained(chart: Chart) -> AutoencoderTiny:
    """A small decoder that knows the chart: random features, of which the last layer is fitted."""
    torch.manual_seed(0)
    tiny = AutoencoderTiny(num_decoder_blocks=(1, 1, 1, 1), num_encoder_blocks=(1, 1, 1, 1)).requires_grad_(
        False
    )
    first, _, *between, last = tiny.decoder.layers
    first.weight[:48, :, [0, 0, 0, 1, 1, 2, 2, 2], [0, 1, 2, 0, 2, 0, 1, 2]] = 0.0  # these see no neighbours
    for layer in between:
        for parameter in layer.parameters():
            parameter.zero_()
        if isinstance(layer, torch.nn.Conv2d):
            layer.weight[range(64), range(64), 1, 1] = 1.0
    features = (
        first(torch.tanh(torch.from_numpy(chart.latents) / 3) * 3).relu().movedim(1, -1).reshape(-1, 64)
    )
    cells = chart.pixels.reshape(len(chart.pixels), 16, 8, 16, 8, 3).mean((2, 4)).reshape(-1, 3)
    inputs = torch.cat([features, torch.ones(len(features), 1)], dim=1).double()
    found = torch.linalg.lstsq(inputs, torch.from_numpy(cells).double()).solution.float()
    last.weight.zero_()
    last.weight[:, :, 1, 1], last.bias[:] = found[:-1].T, found[-1]
    return tiny.eval()


@pytest.fixture
def tiny(chart: Chart, folders: Folders) -> Path:
    """A small decoder in the models folder, as diffusers keeps it."""
    folder = folders.models[0] / "vae_approx" / "taepocket"
    trained(chart).save_pretrained(folder)
    return folder / "diffusion_pytorch_model.safetensors"


def test_a_small_decoder_in_the_models_folder_is_used_where_it_shows_more(
    tiny: Path, previewer: Callable[[], Previewer], lender: Lender, folders: Folders, chart: Chart
) -> None:
    (entry,) = Catalogue(folders).entries(ModelKind.PREVIEW)
    assert (entry.name, entry.path) == ("taepocket/diffusion_pytorch_model", tiny)
    assert previewer()(LATENTS).pixels.shape == (2, 64, 64, 3)
    assert previewer()(LATENTS).pixels.shape == (2, 64, 64, 3)
    assert lender.count == 1
    latents = torch.from_numpy(chart.latents)
    shown = TinyDecoder.load(tiny)
    assert shown is not None
    assert chart.error(shown(latents).pixels) < chart.error(
        linear_preview(fit_linear(chart), chart.latents).pixels
    )


def test_one_that_is_put_there_later_is_noticed(
    previewer: Callable[[], Previewer], chart: Chart, folders: Folders
) -> None:
    assert previewer()(LATENTS).pixels.shape == (2, 8, 8, 3)
    trained(chart).save_pretrained(folders.models[0] / "vae_approx" / "taepocket")
    assert previewer()(LATENTS).pixels.shape == (2, 64, 64, 3)


def test_decoders_of_other_models_and_damaged_ones_are_not_used(chart: Chart, tmp_path: Path) -> None:
    torch.manual_seed(1)
    AutoencoderTiny(num_decoder_blocks=(1, 1, 1, 1)).save_pretrained(tmp_path / "untrained")
    AutoencoderTiny(latent_channels=16).save_pretrained(tmp_path / "of_16_channels")
    AutoencoderTiny(
        num_decoder_blocks=(1, 1), decoder_block_out_channels=(64, 64), num_encoder_blocks=(1, 1),
        encoder_block_out_channels=(64, 64),
    ).save_pretrained(tmp_path / "of_another_factor")  # fmt: skip
    files = sorted(tmp_path.glob("*/*.safetensors"))
    (tmp_path / "damaged.safetensors").write_bytes(b"no weights")
    save_file({"encoder.layers.0.weight": torch.zeros(64, 3, 3, 3)}, tmp_path / "encoder.safetensors")
    save_file({"a": torch.zeros(1)}, tmp_path / "other.safetensors")
    assert len(files) == 3
    assert best_fit(chart, [*files, *sorted(tmp_path.glob("*.safetensors"))]).decoder is None


def test_the_authors_own_layout_is_read(folders: Folders) -> None:
    torch.manual_seed(2)
    whole = AutoencoderTiny().eval()
    named = {}
    for name, value in whole.decoder.layers.state_dict().items():
        layer, _, rest = name.partition(".")
        named[f"{int(layer) + 1}.{rest}"] = value.contiguous()
    file = folders.models[0] / "vae_approx" / "taesdxl_decoder.safetensors"
    save_file(named, file)
    assert [entry.path for entry in Catalogue(folders).entries(ModelKind.PREVIEW)] == [file]
    decoder = TinyDecoder.load(file)
    assert decoder is not None
    with torch.inference_mode():
        expected = (whole.decode(LATENTS).sample + 1) / 2
    np.testing.assert_allclose(
        decoder(LATENTS).pixels, expected.clamp(0, 1).movedim(1, -1).numpy(), atol=1e-6
    )


def test_large_latents_are_shrunk_first(tiny: Path) -> None:
    decoder = TinyDecoder.load(tiny)
    assert decoder is not None
    shown = decoder(torch.zeros(1, 4, 2 * LARGEST, LARGEST)).pixels
    assert shown.shape == (1, 8 * LARGEST, 4 * LARGEST, 3)
