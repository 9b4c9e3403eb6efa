#!/usr/bin/env bash
# Sets everything up and runs the checks: linters, types, import contracts, the quick tests, and the
# journeys in real windows on a virtual screen.
# With --full, the slow tests too. Further arguments go to pytest, which then runs no journeys.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh torch,onnx,export,ui,dev
tier=()
if [ "${1:-}" = --full ]; then
    shift
    tier=(-m "not window")
fi
bin=.venv/bin
$bin/ruff check --quiet .
$bin/ruff format --check --quiet .
$bin/mypy
$bin/lint-imports --no-cache
QT_QPA_PLATFORM=offscreen $bin/python -m pytest --numprocesses 2 --quiet "${tier[@]}" "$@"
[ $# = 0 ] || exit 0
scripts/journeys.sh
