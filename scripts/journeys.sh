#!/usr/bin/env bash
# Runs the journeys: tests that work in real windows, on a virtual screen, with a real mouse and keyboard.
# To keep pictures of the steps: NODEFLOW_JOURNEY_PICTURES=docs/pictures scripts/journeys.sh
set -euo pipefail
cd "$(dirname "$0")/.."
for tool in xvfb-run xauth xdotool openbox; do
    if ! command -v "$tool" >/dev/null; then
        echo "Installing what a virtual screen needs: xvfb, xauth, xdotool, openbox."
        scripts/system_packages.sh xvfb xauth xdotool openbox
        break
    fi
done
QT_QPA_PLATFORM=xcb exec xvfb-run --auto-servernum --server-args="-screen 0 1440x900x24" \
    .venv/bin/python -m pytest --quiet -m window tests/journeys "$@"
