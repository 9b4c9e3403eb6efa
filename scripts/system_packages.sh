#!/usr/bin/env bash
# Installs packages of the system, on Debian and Ubuntu: scripts/system_packages.sh xvfb xdotool
set -euo pipefail
as_root=; [ "$(id -u)" = 0 ] || as_root=sudo
$as_root apt-get update -qq
$as_root apt-get install -y -qq "$@" >/dev/null
