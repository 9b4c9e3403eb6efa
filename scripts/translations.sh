#!/usr/bin/env bash
# Brings the editor's catalogues up to date with the words in its code; see scripts/translations.py.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh torch,ui,dev
exec .venv/bin/python scripts/translations.py "$@"
