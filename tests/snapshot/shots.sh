#!/bin/sh
# shots.sh FROM TO: every snapshot below FROM as a picture below TO, to look at.
# Needs rsvg-convert (librsvg) and the Fira Code font.
set -eu
from=$1 to=$2
command -v rsvg-convert >/dev/null || { echo "shots: rsvg-convert not found (librsvg)" >&2; exit 1; }
find "$from" -name '*.svg' | sort | while read -r svg; do
    png="$to/${svg#"$from"/}"
    png="${png%.svg}.png"
    mkdir -p "$(dirname "$png")"
    # Without this rsvg-convert strips leading blanks, which moves titles and padding.
    sed 's/<svg class="rich-terminal"/<svg xml:space="preserve" class="rich-terminal"/' "$svg" |
        rsvg-convert -o "$png"
    echo "$png"
done
