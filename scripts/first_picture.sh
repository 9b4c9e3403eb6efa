#!/usr/bin/env bash
# Sets everything up and renders a first picture: first_picture.png.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh torch
exec .venv/bin/nodeflow run text_to_image --out first_picture.png "$@"
