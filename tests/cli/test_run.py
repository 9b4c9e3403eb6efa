"""`nodeflow run` with nodes that need no model: events, files, seeds, exit codes, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from nodeflow.document.files import dump_workflow, parse_workflow

TINY = Path(__file__).parents[1] / "data" / "tiny_program.py"
Program = Callable[..., Any]


def write(nodes: dict[str, Any], **parts: Any) -> Path:
    path = Path("apple.json")
    path.write_text(json.dumps({"format": 1, "nodes": nodes, **parts}))
    return path


def painting(between: str | None = None, **inputs: Any) -> dict[str, Any]:
    """Paint and save, perhaps with a node of that type between."""
    nodes: dict[str, Any] = {"paint": {"type": "Paint", "inputs": {"seed": 7, **inputs}}}
    if between:
        nodes["between"] = {"type": between, "inputs": {"image": {"from": "paint.image"}}}
    last = "between" if between else "paint"
    return {**nodes, "save": {"type": "SaveImage", "inputs": {"image": {"from": f"{last}.image"}}}}


def grey(path: str | Path) -> int:
    with Image.open(path) as picture:
        return int(picture.convert("L").getpixel((0, 0)))  # type: ignore[arg-type]  # one number in mode L


def test_it_prints_the_files_it_saved_and_nothing_else(tiny: Program, tmp_path: Path) -> None:
    answer = tiny("run", write(painting()))
    (path,) = map(Path, answer.out.splitlines())
    assert (answer.code, answer.err) == (0, "")
    assert path.parent.parent == tmp_path / "output"
    assert path.parent.name == time.strftime("%Y-%m-%d")
    assert path.name == "apple_00001_7.png"
    assert grey(path) == 7


def test_a_saved_picture_is_a_workflow_to_every_command(tiny: Program) -> None:
    workflow = write(painting(), seeds={"paint.seed": "randomize"})
    assert tiny("run", workflow, "--out", "first.png").code == 0
    seed = grey("first.png")
    for arguments in (["validate", "first.png"], ["run", "first.png", "--dry-run"]):
        answer = tiny(*arguments)
        assert (answer.code, answer.err) == (0, ""), arguments
    assert tiny("run", "first.png", "--out", "second.png").code == 0
    assert grey("second.png") == seed


def test_a_seed_for_a_workflow_without_seeds_is_a_warning(tiny: Program) -> None:
    Image.new("L", (1, 1)).save("dot.png")
    nodes = {"load": {"type": "LoadImage", "inputs": {"file": "dot.png"}}}
    nodes["save"] = {"type": "SaveImage", "inputs": {"image": {"from": "load.image"}}}
    answer = tiny("run", write(nodes), "--seed", 5)
    assert (answer.code, answer.err) == (0, "warning: --seed changes nothing: the workflow has no seeds\n")
    assert tiny("run", write(painting()), "--seed", 5).err == ""


@pytest.mark.parametrize("command", [["validate"], ["run"], ["why", "paint"]])
def test_a_picture_without_a_workflow_says_so(tiny: Program, command: list[str]) -> None:
    Image.new("L", (1, 1)).save("plain.png")
    answer = tiny(command[0], "plain.png", *command[1:])
    advice = "Give a .json file, or a PNG as nodeflow saves them"
    assert (answer.code, answer.err) == (3, f"error: plain.png holds no workflow. {advice}\n")


def test_no_file_is_ever_written_over(tiny: Program) -> None:
    names = [Path(tiny("run", write(painting())).out.strip()).name for _ in range(3)]
    assert names == ["apple_00001_7.png", "apple_00002_7.png", "apple_00003_7.png"]


def test_the_event_stream_is_whole(tiny: Program) -> None:
    answer = tiny("run", write(painting("Warn")), "--json")
    events = answer.events
    assert [event["event"] for event in events if event["event"] != "node_progress"] == [
        "run_started",
        "run_explained",
        *("node_started", "node_finished"),
        *("node_started", "node_warned", "node_finished"),
        *("node_started", "file_saved", "node_finished"),
        "run_finished",
    ]
    assert events[0]["nodes"] == ["paint", "between", "save"]
    assert events[1]["causes"]["paint"] == ["it has not run before in this workflow"]
    assert [event["step"] for event in events if event["event"] == "node_progress"] == [1, 2]
    assert events[-1]["outcome"] == "done"
    assert answer.errors == ["warning: between: this may take long"]


@pytest.mark.parametrize(
    ("kind", "code", "message"),
    [
        ("Fail", 1, "error: between: RuntimeError: line one line two"),
        ("Exhaust", 5, "error: between: memory ran out. Make the picture smaller"),
    ],
)
def test_a_failing_node_is_named_and_the_rest_is_skipped(
    kind: str, code: int, message: str, tiny: Program
) -> None:
    answer = tiny("run", write(painting(kind)))
    assert (answer.code, answer.out) == (code, "")
    assert answer.errors[0].startswith(message)
    assert answer.errors[1:] == ["warning: save: did not run, because between failed"]


def test_the_other_branch_is_finished_when_one_fails(tiny: Program) -> None:
    nodes = painting("Fail") | {"other": {"type": "SaveImage", "inputs": {"image": {"from": "paint.image"}}}}
    answer = tiny("run", write(nodes), "--json")
    assert answer.code == 1
    assert [event["node"] for event in answer.events if event["event"] == "file_saved"] == ["other"]
    assert answer.events[-1]["outcome"] == "failed"
    failed = next(event for event in answer.events if event["event"] == "node_failed")
    assert failed["error"]["exit_code"] == 1


def test_to_runs_only_what_is_needed(tiny: Program) -> None:
    answer = tiny("run", write(painting("Fail")), "--to", "paint", "--json")
    assert answer.code == 0
    assert answer.events[0]["nodes"] == ["paint"]


def test_a_seed_from_the_command_line_is_used_and_named(tiny: Program) -> None:
    path = Path(tiny("run", write(painting()), "--seed", 42).out.strip())
    assert path.name.endswith("_42.png")
    assert grey(path) == 42


@pytest.mark.parametrize(
    ("mode", "greys"), [("fixed", [7, 7, 7]), ("increment", [7, 8, 9]), (None, [7, 7, 7])]
)
def test_repeating_follows_the_seeds_mode(mode: str | None, greys: list[int], tiny: Program) -> None:
    seeds = {"paint.seed": mode} if mode else {}
    answer = tiny("run", write(painting(), seeds=seeds), "--repeat", 3)
    assert [grey(path) for path in answer.out.splitlines()] == greys


def test_repeating_draws_seeds_and_names_them(tiny: Program) -> None:
    answer = tiny("run", write(painting(), seeds={"paint.seed": "randomize"}), "--repeat", 3)
    seeds = [int(Path(path).stem.rpartition("_")[2]) for path in answer.out.splitlines()]
    assert len(set(seeds)) == 3
    assert [seed % 256 for seed in seeds] == [grey(path) for path in answer.out.splitlines()]


def test_the_picture_carries_the_workflow_as_it_ran(tiny: Program) -> None:
    path = tiny("run", write(painting()), "--set", "paint.seed=9").out.strip()
    with Image.open(path) as picture:
        text = picture.text["nodeflow"]  # type: ignore[attr-defined]  # only PNG has it
    inside = parse_workflow(text)
    assert inside.nodes["paint"].inputs["seed"] == 9
    assert dump_workflow(inside) == text


def test_out_names_a_folder(tiny: Program) -> None:
    answer = tiny("run", write(painting()), "--out", "mine")
    assert Path(answer.out.strip()).parts[0] == "mine"


def test_out_names_a_file_and_later_turns_get_names_beside_it(tiny: Program) -> None:
    answer = tiny(
        "run", write(painting(), seeds={"paint.seed": "increment"}), "--out", "a.png", "--repeat", 2
    )
    assert answer.out.splitlines() == ["a.png", "a_run2.png"]
    assert [grey("a.png"), grey("a_run2.png")] == [7, 8]


def test_a_file_in_the_place_of_the_folder_is_told_before_the_run(tiny: Program) -> None:
    Path("taken").touch()
    answer = tiny("run", write(painting()), "--out", "taken")
    assert answer.code == 2
    assert answer.errors == ["error: taken is a file. Give a folder, or a file name ending in .png"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a folder that may not be written to")
def test_a_folder_that_may_not_be_written_to_fails_the_saving_node(tiny: Program) -> None:
    Path("locked").mkdir(mode=0o500)
    answer = tiny("run", write(painting()), "--out", "locked")
    assert answer.code == 4
    assert answer.errors[0].startswith("error: save: the picture cannot be written")


@pytest.mark.parametrize("template", ["../{seed}", "{model}", "/etc/{seed}", ""])
def test_a_file_name_that_is_no_good_names_the_input(template: str, tiny: Program, tmp_path: Path) -> None:
    answer = tiny("run", write(painting()), "--set", f"save.filename={template}")
    assert answer.code == 1
    (line,) = answer.errors
    assert line.startswith("error: save.filename: ")
    assert not list((tmp_path / "output").rglob("*.png"))


def test_a_picture_from_where_the_user_is_can_be_loaded(tiny: Program) -> None:
    Image.new("L", (8, 8), 99).save("../photo.png")
    nodes = {
        "photo": {"type": "LoadImage", "inputs": {"file": "none.png"}},
        "save": {"type": "SaveImage", "inputs": {"image": {"from": "photo.image"}}},
    }
    answer = tiny("run", write(nodes), "--set", "photo.file=../photo.png")
    assert answer.code == 0
    assert grey(answer.out.strip()) == 99


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_within_a_step_and_keeps_what_is_finished(number: signal.Signals) -> None:
    nodes = painting() | {
        "slow": {"type": "Paint", "inputs": {"steps": 10_000, "wait": 0.01}},
        "never": {"type": "SaveImage", "inputs": {"image": {"from": "slow.image"}}},
    }
    command = [sys.executable, str(TINY), "run", str(write(nodes)), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        events = []
        for line in process.stdout:
            events.append(json.loads(line))
            if events[-1]["event"] == "node_progress" and events[-1]["node"] == "slow":
                break
        process.send_signal(number)
        events += map(json.loads, process.stdout)
        errors = process.stderr.read()
    assert process.returncode == 130
    assert errors == "warning: cancelled; 1 file was saved\n"
    assert events[-1] == {**events[-1], "event": "run_finished", "outcome": "cancelled"}
    assert sum(event["event"] == "node_progress" for event in events) < 1000
    (saved,) = (event["path"] for event in events if event["event"] == "file_saved")
    assert grey(saved) == 7


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_second_interrupt_ends_a_node_that_does_not_listen() -> None:
    nodes = painting(steps=1, wait=60.0)
    command = [sys.executable, str(TINY), "run", str(write(nodes)), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while json.loads(process.stdout.readline())["event"] != "node_started":
            pass
        process.send_signal(signal.SIGINT)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130


def test_a_reader_that_leaves_ends_the_program_quietly() -> None:
    command = [sys.executable, str(TINY), "run", str(write(painting())), "--json"]
    read, written = os.pipe()
    os.close(read)
    done = subprocess.run(command, stdout=written, stderr=subprocess.PIPE, text=True, check=False)
    os.close(written)
    assert done.returncode == 1
    assert done.stderr == ""
