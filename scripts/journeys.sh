#!/usr/bin/env bash
# Runs the journeys: tests that work in real windows, on virtual screens, with a real mouse and keyboard.
# Two halves at a time, each on a screen of its own; with arguments, which go to pytest, one after the other.
# To keep pictures of the steps: NODEFLOW_JOURNEY_PICTURES=FOLDER scripts/journeys.sh
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/virtual_screen.sh
export QT_QPA_PLATFORM=xcb

on_a_screen() { # FIRST NUMBER TO TRY, ARGUMENTS OF PYTEST
    local number=$1
    shift
    xvfb-run --auto-servernum --server-num="$number" --server-args="-screen 0 1440x900x24" \
        .venv/bin/python -m pytest --quiet -m window "$@"
}

if [ $# != 0 ]; then
    on_a_screen 99 tests/journeys "$@"
    exit
fi
halves=("" "")
turn=0
for file in tests/journeys/test_*.py; do
    halves[turn]+=" $file"
    turn=$((1 - turn))
done
# shellcheck disable=SC2086 # the names of our tests have no spaces
on_a_screen 99 ${halves[0]} &
first=$!
# shellcheck disable=SC2086
on_a_screen 199 ${halves[1]} || failed=$?
wait "$first" || failed=$?
exit "${failed:-0}"
