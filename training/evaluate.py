"""Measures the shipped family and prints a table in Markdown; `--limit` takes the first few of everything."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from rich.console import Console

from training.checks import Evaluation
from training.config import HERE, load_family, work_folder
from training.models import Shipped
from training.pack import read_pack

BUNDLED_MODELS = HERE.parent / "nodeflow/bundled/models"
console = Console(width=160, highlight=False, markup=False)


def main() -> None:
    """Run the checks and write the table and a grid into the work folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--models", type=Path, default=BUNDLED_MODELS, help="folder with checkpoints and loras"
    )
    parser.add_argument("--limit", type=int, default=0, help="how many labels, combinations, … ; 0 for all")
    parser.add_argument("--only", nargs="*", default=None, help="names of checks")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parsed = parser.parse_args()
    evaluation = Evaluation(
        Shipped(parsed.models, parsed.device, parsed.batch), read_pack(), load_family(), parsed.limit
    )
    lines = ["| measure | figure | reference or goal |", "|---|---|---|"]
    for name, check in evaluation.checks().items():
        if parsed.only is not None and name not in parsed.only:
            continue
        try:
            rows = check()
        except OSError as error:
            rows = [(name, "not measured", str(error).splitlines()[0][:100])]
        lines += [f"| {' | '.join(row)} |" for row in rows]
        console.print("\n".join(lines[-len(rows) :]))
    folder = work_folder() / "evaluation"
    folder.mkdir(exist_ok=True)
    (folder / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    evaluation.save_grid(folder / "pictures.grid.png")


if __name__ == "__main__":
    main()
