#!/bin/sh
# Writes the lock files anew from pyproject.toml. Needs uv; installing needs only pip.
# `requirements/lock.sh --upgrade` moves every package to its newest allowed version.
set -eu
cd "$(dirname "$0")/.."

lock() {
    uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-emit-find-links --custom-compile-command requirements/lock.sh \
        --quiet "$@"
}

lock --extra server --group build --output-file requirements/run.txt "$@"
lock --extra server --group dev --constraint requirements/run.txt \
    --output-file requirements/dev.txt "$@"
