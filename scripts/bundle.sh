#!/usr/bin/env bash
# Makes the stand-alone program: dist/nodeflow, a folder that runs on any Linux as old as this one or newer.
# With --check, it is then tried in an empty environment: commands, a picture, the editor.
set -euo pipefail
cd "$(dirname "$0")/.."
extras=torch,ui,bundle
[ "${1:-}" != --check ] || extras=torch,ui,dev
scripts/setup.sh $extras
.venv/bin/python -m PyInstaller --noconfirm --log-level WARN scripts/bundle/nodeflow.spec
du --summarize --human-readable dist/nodeflow
[ "${1:-}" = --check ] || exit 0
NODEFLOW_BUNDLE=$PWD/dist/nodeflow exec .venv/bin/python -m pytest --quiet -m "not window" tests/bundle
