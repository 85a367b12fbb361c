#!/bin/sh
# Makes .venv from a hash lock, or leaves it alone while it is current.
#
#   tools/environment.sh base   what shortgamma itself needs; a current "dev" one serves as well
#   tools/environment.sh dev    all of it: tests, linters, docs and the implementations we compare with
#
# uv does the work where it is installed, else venv and pip; pip keeps the machine's own settings (index,
# find-links, certificates). Every file is checked against the lock's hashes.
set -eu
cd "$(dirname "$0")/.."

# These two publish no wheel. They are built here, with the setuptools of the lock.
SOURCE_ONLY=py-lets-be-rational,py-vollib
PYTHON_RANGE='(3, 11) <= sys.version_info < (3, 14)'

die() {
    echo "setup: $1" >&2
    exit 1
}

# An environment belongs to this folder and to one state of one lock.
stamp() {
    echo "$1 $(pwd -P) $(cksum <"requirements/$1.lock")"
}

is_current() {
    [ "$(cat .venv/lock.stamp 2>/dev/null)" = "$(stamp "$1")" ] && .venv/bin/python -c '' 2>/dev/null
}

find_python() {
    lame=
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        "$candidate" -c "import sys; sys.exit(not $PYTHON_RANGE)" 2>/dev/null || continue
        if $has_uv || "$candidate" -c 'import ensurepip' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
        lame=$candidate
    done
    [ -z "$lame" ] || die "$lame cannot make environments: install the package python3-venv"
    die "no Python 3.11, 3.12 or 3.13 found: install one, or name it with PYTHON=/path/to/python3"
}

# The same options mean the same to pip and to uv.
install() {
    if $has_uv; then
        uv pip install --quiet --python .venv/bin/python --no-build-isolation --no-deps "$@"
    else
        .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
            --no-build-isolation --no-deps "$@"
    fi
}

create() {
    python=$(find_python) || exit 1
    rm -rf .venv
    if $has_uv; then
        uv venv --quiet --python "$python" .venv
    else
        "$python" -m venv .venv
    fi
}

# A current base environment is a part of the dev one; any other state is made from nothing.
install_lock() {
    is_current base || create
    echo "setup: installing requirements/$1.lock into .venv (a minute or two, once)" >&2
    rm -f .venv/lock.stamp .venv/project.stamp
    tools=.venv/tools.lock
    awk '/^[a-z0-9]/ { keep = ($1 ~ /^(pip|setuptools)==/) } keep' "requirements/$1.lock" >$tools
    [ ! -s $tools ] || install --require-hashes --only-binary :all: -r $tools
    install --require-hashes --only-binary :all: --no-binary "$SOURCE_ONLY" -r "requirements/$1.lock"
    stamp "$1" >.venv/lock.stamp
}

install_project() {
    project=$(cksum <pyproject.toml)
    [ "$(cat .venv/project.stamp 2>/dev/null)" != "$project" ] || return 0
    install -e .
    echo "$project" >.venv/project.stamp
}

case "${1:-}" in
base | dev) ;;
*) die "usage: tools/environment.sh base|dev" ;;
esac
has_uv=false
if command -v uv >/dev/null 2>&1; then
    has_uv=true
    export UV_SYSTEM_CERTS=1 UV_NATIVE_TLS=1 UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1
fi
is_current dev || { [ "$1" = base ] && is_current base; } || install_lock "$1"
install_project
