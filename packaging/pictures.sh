#!/bin/sh
# Takes the pictures of README and manual anew: the window on bundled cases, off-screen, and one page for print.
set -eu
cd "$(dirname "$0")/.."
state=$(mktemp -d)
trap 'rm -rf "$state"' EXIT
take() { # NAME SIZE THEME [PATH]
  name=$1 size=$2 theme=$3
  shift 3
  QT_QPA_PLATFORM=offscreen .venv/bin/cineviewer --screenshot "docs/pictures/$name.png" --size "$size" \
    --theme "$theme" --state "$state" "$@"
}
mkdir -p docs/pictures
take window-light 1280x800 light
take window-dark 1280x800 dark
take lbbb 1280x800 light resources/demo/lbbb
.venv/bin/cineviewer render resources/demo/lbbb.npz --out docs/pictures/page.png
