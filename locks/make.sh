#!/bin/sh
# Make both locks anew: every file by its hash, no addresses, for every Python and system we support.
set -eu
cd "$(dirname "$0")"
for name in runtime dev; do
    uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-annotate --no-header --quiet "$name.in" -o "$name.txt"
done
