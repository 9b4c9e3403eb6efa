"""The loop that all stages share: budget, learning rate, averaged weights, checkpoints, progress."""

from __future__ import annotations

import argparse
import math
import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.training_utils import EMAModel
from rich.console import Console
from torch import nn
from torch.utils.data import DataLoader
from tqdm import tqdm

from training.config import Stage, work_folder
from training.plot import plot_losses
from training.scenes import Batch, Scenes

FORK = "fork" if "fork" in multiprocessing.get_all_start_methods() else None  # others import torch anew
console = Console()


@dataclass(frozen=True)
class Options:
    """What the command line says of a run.

    Args:
        minutes: The whole run's budget; the learning rate follows it across interruptions.
        session: Minutes after which this command stops, to be resumed by the next.
        steps: If positive, the budget in steps instead of minutes.
        origin: Models to start from, laid out as the bundled ones, instead of the work folder's.
    """

    minutes: float
    batch: int
    rate: float
    session: float = math.inf
    steps: int = 0
    stop_at: int = 0
    workers: int = 0
    device: str = "cpu"
    seed: int = 0
    compiled: bool = False
    origin: Path | None = None


def parse_options(stage: Stage, about: str, arguments: list[str] | None = None, extra: str = "") -> Any:
    """Read the options that all stages have; `extra` names one more, a word that must be given."""
    parser = argparse.ArgumentParser(description=about)
    if extra:
        parser.add_argument(extra)
    parser.add_argument("--minutes", type=float, default=stage.minutes, help="budget of the whole run")
    parser.add_argument(
        "--session", type=float, default=math.inf, help="stop this command after so many minutes"
    )
    parser.add_argument("--steps", type=int, default=0, help="budget in steps instead of minutes")
    parser.add_argument("--stop-at", type=int, default=0, help="stop this command at a step")
    parser.add_argument("--batch", type=int, default=stage.batch)
    parser.add_argument("--rate", type=float, default=stage.rate, help="peak learning rate")
    parser.add_argument("--workers", type=int, default=0, help="processes that draw scenes")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--compiled", action="store_true", help="compile the UNet; worth it from five minutes on"
    )
    parser.add_argument(
        "--from", type=Path, dest="origin", help="start from models in this folder, laid out as the bundled"
    )
    return parser.parse_args(arguments)


def options_of(parsed: Any) -> Options:
    """The shared options of a parsed command line."""
    return Options(**{name: getattr(parsed, name) for name in Options.__dataclass_fields__})


class Trainer:
    """Runs one stage until its budget is spent; continues from the checkpoint if there is one.

    Where only averaged weights are left, as after `training.carry unpack`, it starts from those.

    Args:
        name: The stage's name, and its folder's below the work folder.
        trained: The module that is trained and averaged.
        options: The run's options.
        faster: Parameters (by the end of their name) with three times the learning rate.
        extra: Further things with a state of their own, saved in the checkpoint too.
    """

    def __init__(
        self,
        name: str,
        trained: nn.Module,
        options: Options,
        faster: str = "",
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.options, self.trained, self.extra = options, trained, extra or {}
        self.device = torch.device(options.device)
        self.folder = work_folder() / name
        self.folder.mkdir(parents=True, exist_ok=True)
        named = [(key, value) for key, value in trained.named_parameters() if value.requires_grad]
        fast = [value for key, value in named if faster and key.endswith(faster)]
        slow = [value for key, value in named if not (faster and key.endswith(faster))]
        groups = [{"params": slow, "factor": 1.0}] + ([{"params": fast, "factor": 3.0}] if fast else [])
        self.parameters = [value for _, value in named]
        self.names = [key for key, _ in named]
        self.optimizer = torch.optim.AdamW(
            groups, options.rate, betas=(0.9, 0.99), weight_decay=0.0, fused=True
        )
        torch.backends.cudnn.benchmark = True
        self.ema: Any = EMAModel(self.parameters, decay=0.9995, use_ema_warmup=True, power=0.75, foreach=True)
        self.step, self.spent, self.losses = 0, 0.0, list[float]()
        self._resume()

    @property
    def checkpoint(self) -> Path:
        """The one file that a run is resumed from."""
        return self.folder / "checkpoint.pt"

    @property
    def progress(self) -> float:
        """How much of the budget is spent, 0 to 1."""
        if self.options.steps:
            return min(1.0, self.step / self.options.steps)
        return min(1.0, self.spent / max(1e-6, self.options.minutes * 60))

    def rate(self) -> float:
        """The learning rate now: a short rise, then a cosine over the budget."""
        rise = min(1.0, (self.step + 1) / 100)
        return self.options.rate * rise * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * self.progress)))

    def batches(self, scenes: Scenes) -> Iterator[Batch]:
        """Scenes from the present step on, drawn ahead by other processes where there are any."""
        ahead: dict[str, Any] = {}
        if self.options.workers:
            ahead = {"prefetch_factor": 4, "multiprocessing_context": FORK}
        steps = range(self.step, self.step + 10_000_000)
        pinned = self.device.type == "cuda"
        workers = self.options.workers
        return iter(DataLoader(scenes, None, sampler=steps, num_workers=workers, pin_memory=pinned, **ahead))

    def run(self, scenes: Scenes, loss_of: Callable[[Batch], torch.Tensor]) -> bool:
        """Train; `loss_of` gives the loss of a batch. Returns whether the whole budget is spent."""
        began, saved = time.monotonic(), time.monotonic()
        before = self.spent
        batches = self.batches(scenes)
        with tqdm(total=100, desc=self.folder.name, unit="%", bar_format="{l_bar}{bar}| {postfix}") as bar:
            while self.progress < 1 and not self._session_over(began):
                torch.manual_seed(self.options.seed * 1_000_003 + self.step)
                with torch.autocast(self.device.type, torch.bfloat16, enabled=self.device.type == "cuda"):
                    loss = loss_of(next(batches))
                self._update(loss)
                if self.step % 20 == 0 or self.step < 3:
                    self.losses.append(float(loss.detach()))
                    bar.n = round(100 * self.progress, 1)
                    bar.set_postfix_str(f"step {self.step} loss {self.losses[-1]:.4f}")
                self.spent = before + time.monotonic() - began
                if time.monotonic() - saved > 60:
                    self.save()
                    saved = time.monotonic()
        self.save()
        plot_losses(self.losses, self.folder / "loss.png", self.folder.name)
        return self.progress >= 1

    def _session_over(self, began: float) -> bool:
        stop_at = self.options.stop_at
        return time.monotonic() - began > self.options.session * 60 or bool(stop_at and self.step >= stop_at)

    def _update(self, loss: torch.Tensor) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate() * group["factor"]
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step()
        self.ema.step(self.parameters)
        self.step += 1

    def save(self) -> None:
        """Write the checkpoint and the averaged weights; an interruption leaves the old ones whole."""
        state = {
            "trained": dict(zip(self.names, [value.detach() for value in self.parameters], strict=True)),
            "optimizer": self.optimizer.state_dict(),
            "ema": self.ema.state_dict(),
            "extra": {key: value.state_dict() for key, value in self.extra.items()},
            "step": self.step,
            "spent": self.spent,
            "losses": self.losses,
        }
        _write(state, self.checkpoint)
        averaged = [value.detach().float().cpu() for value in self.ema.shadow_params]
        _write(dict(zip(self.names, averaged, strict=True)), self.folder / "averaged.pt")

    def _resume(self) -> None:
        self.ema.to(self.device)
        if not self.checkpoint.exists():
            self._start_from_averaged()
            return
        state = torch.load(self.checkpoint, map_location=self.device, weights_only=True)
        with torch.no_grad():
            for name, value in zip(self.names, self.parameters, strict=True):
                value.copy_(state["trained"][name])
        self.optimizer.load_state_dict(state["optimizer"])
        self.ema.load_state_dict(state["ema"])
        self.ema.to(self.device)
        for key, value in self.extra.items():
            value.load_state_dict(state["extra"][key])
        self.step, self.spent, self.losses = state["step"], state["spent"], state["losses"]
        console.print(f"{self.folder.name}: resumed at step {self.step}, {self.progress:.0%} of the budget")

    def _start_from_averaged(self) -> None:
        if not (self.folder / "averaged.pt").exists():
            return
        load_averaged(self.folder.name, self.trained)
        with torch.no_grad():
            for value, average in zip(self.parameters, self.ema.shadow_params, strict=True):
                average.copy_(value)
        console.print(f"{self.folder.name}: starts from the averaged weights of an earlier run")


def _write(state: Any, path: Path) -> None:
    part = path.with_suffix(".part")
    torch.save(state, part)
    part.replace(path)


def load_averaged(name: str, module: nn.Module) -> nn.Module:
    """Put the averaged weights of a finished stage into a module.

    Raises:
        FileNotFoundError: When that stage has not been trained.
        ValueError: When the weights are of another module.
    """
    file = work_folder() / name / "averaged.pt"
    if not file.exists():
        raise FileNotFoundError(f"{file} is missing: train {name} first")
    state = torch.load(file, map_location="cpu", weights_only=True)
    unexpected = module.load_state_dict(state, strict=False).unexpected_keys
    if unexpected:
        raise ValueError(f"{file} has weights that {name} has no place for, {unexpected[0]} first")
    return module
