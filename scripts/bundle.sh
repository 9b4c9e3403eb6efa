#!/usr/bin/env bash
# Makes the stand-alone program: dist/nodeflow, a folder that runs on any Linux as old as this one or newer.
# With --check, it is then tried in an empty environment: commands, a picture, the editor on a virtual screen.
set -euo pipefail
cd "$(dirname "$0")/.."
extras=torch,ui,lycoris,bundle
[ "${1:-}" != --check ] || extras=torch,ui,dev
scripts/setup.sh $extras
library='from PyInstaller.depend.bindepend import get_python_library_path as find; print(find() or exit(1))'
if ! .venv/bin/python -c "$library" >/dev/null 2>&1 || ! command -v objdump >/dev/null; then
    # Debian keeps Python's own library in a package apart.
    version=$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "Installing what PyInstaller needs of the system: libpython$version, binutils."
    scripts/system_packages.sh "libpython$version" binutils
fi
.venv/bin/python -m PyInstaller --noconfirm --log-level WARN scripts/bundle/nodeflow.spec
du --summarize --human-readable dist/nodeflow
[ "${1:-}" = --check ] || exit 0
scripts/virtual_screen.sh
NODEFLOW_BUNDLE=$PWD/dist/nodeflow exec .venv/bin/python -m pytest --quiet -m "not window" tests/bundle
