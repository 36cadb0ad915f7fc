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
echo '{"schema": 1, "session": {"Cursor": {"t_ms": 84.0}}}' > "$state/late-qrs.json"
take lbbb 1280x800 light --session "$state/late-qrs.json" resources/demo/lbbb.npz resources/demo/normal.npz \
  resources/demo/rbbb.npz resources/demo/lafb.npz resources/demo/anterior-mi.npz resources/demo/inferior-mi.npz \
  resources/demo/lvh.npz resources/demo/wpw.npz resources/demo/lpfb.npz resources/demo/brugada.npz \
  resources/demo/apical-paced.npz resources/demo/rvot.npz
cat > "$state/truth.json" <<'SESSION'
{"schema": 1, "session": {"Cursor": {"t_ms": 62.0}, "Reveal": {"truth": true}, "Cut": {"on": true},
 "Camera": {"view": "four-chamber"}}}
SESSION
take truth 1280x800 light --session "$state/truth.json" resources/demo/lbbb.npz
.venv/bin/cineviewer render resources/demo/lbbb.npz --out docs/pictures/page.png
.venv/bin/python - docs/pictures/*.png <<'SMALLER'
import sys
from PIL import Image
for name in sys.argv[1:]:
    Image.open(name).convert("RGB").save(name, optimize=True)
SMALLER
