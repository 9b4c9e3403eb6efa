#!/usr/bin/env bash
# Sets everything up and runs the checks: linters, types, import contracts, and the quick tests.
# With --full, the slow tests too. Further arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh torch,ui,dev
export QT_QPA_PLATFORM=offscreen
tier=()
if [ "${1:-}" = --full ]; then
    shift
    tier=(-m "full or not full")
fi
bin=.venv/bin
$bin/ruff check --quiet .
$bin/ruff format --check --quiet .
$bin/mypy
$bin/lint-imports --no-cache
exec $bin/python -m pytest --numprocesses 2 --quiet "${tier[@]}" "$@"
