#!/usr/bin/env bash
# Installs what windows on a virtual screen need, on Debian and Ubuntu, unless it is there.
set -euo pipefail
for tool in xvfb-run xauth xdotool openbox; do
    if ! command -v "$tool" >/dev/null; then
        echo "Installing what a virtual screen needs: xvfb, xauth, xdotool, openbox."
        exec "$(dirname "$0")/system_packages.sh" xvfb xauth xdotool openbox
    fi
done
