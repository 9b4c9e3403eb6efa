"""One command for the whole family."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from training import everything
from training.base import compile_ahead, new_base
from training.config import Family, work_folder
from training.diffusion import Denoising
from training.everything import Group, Job, Run, groups_of, planned, work
from training.loop import Options, Trainer, load_averaged
from training.pack import Pack

BRIEF = Options(minutes=1, batch=2, rate=1e-3, steps=1)


class Here:
    """Runs what would be a process at once, in this one, as soon as it may begin."""

    def __init__(self) -> None:
        self.order: list[str] = []

    def Event(self) -> threading.Event:  # noqa: N802 - as the library spells it
        return threading.Event()

    def Process(self, target: Any, args: tuple[Job, Options, threading.Event]) -> Any:  # noqa: N802
        here, (job, options, begin) = self, args

        class Process:
            ended = threading.Event()

            def start(self) -> None:
                here.order.append(f"start {job.folder.name}")

            @property
            def sentinel(self) -> Any:
                return self

            def run(self) -> None:
                assert begin.is_set()
                here.order.append(f"train {job.folder.name}")
                try:
                    target(job, options, begin)
                except FileNotFoundError as error:
                    (job.folder / everything.LOG).write_text(f"{error}\n")

            def join(self) -> None: ...

            def terminate(self) -> None:
                here.order.append(f"end {job.folder.name}")

        return Process()


def run_all(processes: list[Any]) -> list[Any]:
    for process in processes:
        process.run()
    return processes


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Here:
    monkeypatch.setattr(everything, "wait", run_all)
    monkeypatch.setattr("training.vae.SIZE", 32)
    monkeypatch.setattr("training.vae.CALIBRATION", 1)
    return Here()


def test_the_family_trains_in_order_and_goes_on_where_it_ended(
    family: Family, here: Here, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    groups = ((Job("vae"),), (Job("base"),), (Job("inpaint"), Job("lora", "dusk")))
    run = Run(lambda job: BRIEF, tmp_path / "packed", here)
    assert run.train(groups)
    ahead = ["start vae", "start base", "train vae", "start inpaint", "start lora-dusk", "train base"]
    assert here.order == [*ahead, "train inpaint", "train lora-dusk"]
    assert all(job.done for group in groups for job in group)
    assert (tmp_path / "packed/trained-00.part").exists()
    assert "lora-dusk: done after" in capsys.readouterr().out
    here.order.clear()
    assert run.train(groups)
    assert here.order == []


def test_what_builds_on_the_base_trains_side_by_side(family: Family) -> None:
    names = [{job.folder.name for job in group} for group in groups_of(family)]
    rest = {"decoder", "refiner", "inpaint", "lora-flat", "lora-high-contrast", "lora-dusk", "inversion"}
    assert names == [{"vae"}, {"base"}, rest]


def test_a_stage_that_fails_ends_the_run_and_is_named(
    family: Family, here: Here, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    groups: tuple[Group, ...] = ((Job("refiner"),), (Job("base"),))  # nothing to build on
    assert not Run(lambda job: BRIEF, tmp_path / "packed", here).train(groups)
    assert here.order == ["start refiner", "start base", "train refiner", "end base"]
    said = capsys.readouterr().out.replace("\n", "")
    assert "refiner: not done" in said
    assert "train base first" in said


def test_minutes_are_shared_as_the_configuration_shares_them(family: Family) -> None:
    groups = ((Job("vae"),), (Job("base"), Job("lora", "flat")))
    times = {"vae": 2.0, "base": 6.0, "lora": 0.5}
    stages = {name: replace(stage, minutes=times.get(name, 1.0)) for name, stage in family.stages.items()}
    timed = replace(family, stages=stages)
    assert planned(timed, groups, 0) == {job: times[job.stage] for group in groups for job in group}
    scaled = planned(timed, groups, 4 + 2 * everything.STARTING)
    assert scaled[Job("vae")] == pytest.approx(1)
    assert scaled[Job("base")] == pytest.approx(3)
    assert scaled[Job("lora", "flat")] == pytest.approx(0.25)


def test_a_stage_goes_on_from_weights_that_were_carried(family: Family) -> None:
    net = torch.nn.Linear(2, 2)
    folder = work_folder() / "base"
    folder.mkdir()
    carried = {"weight": torch.full((2, 2), 0.5).half(), "bias": torch.zeros(2).half()}
    torch.save(carried, folder / "averaged.pt")
    trainer = Trainer("base", net, BRIEF)
    assert net.weight.tolist() == [[0.5, 0.5], [0.5, 0.5]]
    assert trainer.ema.shadow_params[0].tolist() == net.weight.tolist()
    assert trainer.step == 0


def test_weights_of_something_else_are_refused(family: Family) -> None:
    folder = work_folder() / "vae"
    folder.mkdir()
    torch.save({"other": torch.zeros(1)}, folder / "averaged.pt")
    with pytest.raises(ValueError, match="no place for, other first"):
        load_averaged("vae", torch.nn.Linear(2, 2))


def test_compiling_ahead_passes_every_size_and_leaves_no_gradient(family: Family, pack: Pack) -> None:
    stage = replace(family.stages["base"], sizes=((16, 0.5), (32, 0.5)))
    sized = replace(family, stages={**family.stages, "base": stage})
    base = new_base(family, pack)
    seen: list[int] = []
    base.unet.register_forward_pre_hook(lambda _, given: seen.append(given[0].shape[-1]))
    compile_ahead(Denoising(base.unet), sized, BRIEF)
    assert seen == [2, 4]
    assert all(parameter.grad is None for parameter in base.unet.parameters())


@pytest.mark.full
def test_a_stage_is_a_process_of_its_own(family: Family, tmp_path: Path) -> None:
    groups = ((Job("vae"),),)
    assert Run(lambda job: BRIEF, tmp_path / "packed").train(groups)
    assert (work_folder() / "vae" / "scaling.pt").exists()
    assert "vae" in (work_folder() / "vae" / everything.LOG).read_text()


def test_the_log_is_the_stages_own(family: Family, here: Here) -> None:
    begin = threading.Event()
    begin.set()
    work(Job("vae"), BRIEF, begin)
    assert "loss" in (work_folder() / "vae" / everything.LOG).read_text()
