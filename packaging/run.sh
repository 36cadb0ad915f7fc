#!/bin/sh
# Opens the window on the bundled cases; with no display draws the same window off-screen and says where the picture is.
set -eu
cd "$(dirname "$0")/.."
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname)" = Darwin ]; then
  # Qt ends the process without its X libraries; Wayland needs none of them.
  if [ -z "${WAYLAND_DISPLAY:-}" ] && ! .venv/bin/python packaging/system_packages.py --for window; then
    exit 1
  fi
  exec .venv/bin/cineviewer
fi
picture=$(pwd)/out/window.png
mkdir -p out
rm -f "$picture"
QT_QPA_PLATFORM=offscreen .venv/bin/cineviewer --screenshot "$picture"
[ -s "$picture" ] || { echo "No display here, and no picture could be drawn." >&2; exit 1; }
echo "No display here: the window was drawn off-screen, its picture is $picture"
