#!/usr/bin/env bash
# Makes .venv with nodeflow and the named extras, for instance: scripts/setup.sh torch,dev
# Does nothing when that is done already. Works on a bare Debian or Ubuntu with Python 3.11 or newer.
set -euo pipefail
cd "$(dirname "$0")/.."
extras=${1:?name the extras, for instance torch}

python=${PYTHON:-}
for candidate in python3.11 python3.12 python3.13 python3; do
    if [ -z "$python" ] && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
    fi
done
[ -n "$python" ] || { echo "error: nodeflow needs Python 3.11 or newer" >&2; exit 2; }

if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    # Debian keeps venv in a package of its own.
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "Installing python$version-venv, which Debian's Python lacks."
    scripts/system_packages.sh "python$version-venv"
fi

stamp=.venv/.setup-$extras
wanted=$(cat pyproject.toml constraints.txt scripts/setup.sh | cksum)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    echo "Setting up .venv (extras: $extras); the first time this takes some minutes."
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        --constraint constraints.txt --editable ".[$extras]"
    # Qt's own libraries come with it; those of the system that it builds on may be missing on a server.
    case ",$extras," in *,ui,*)
        platforms=$(.venv/bin/python -c 'import pathlib, PySide6; print(pathlib.Path(PySide6.__file__).parent)')/Qt/plugins/platforms
        if [[ $(ldd "$platforms"/libqxcb.so "$platforms"/libqoffscreen.so 2>/dev/null) == *"not found"* ]]; then
            echo "Installing the system libraries that Qt needs."
            scripts/system_packages.sh libegl1 libgl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libglib2.0-0 \
                libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 \
                libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0
        fi ;;
    esac
    echo "$wanted" > "$stamp"
fi
