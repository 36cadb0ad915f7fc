#!/bin/sh
# Runs the window's tests on a virtual screen where there is one, then the whole suite off-screen.
#   packaging/test.sh [PYTEST ARGUMENTS...]
set -eu
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
pytest=".venv/bin/python -m pytest -q -n logical --maxprocesses 8"
screen=0
if ! command -v xvfb-run >/dev/null || ! command -v xauth >/dev/null; then
  echo "No virtual screen here (xvfb, xauth): the window's tests run off-screen only."
elif [ -d tests/ui ]; then
  echo "The window's tests on a virtual screen:"
  QT_QPA_PLATFORM=xcb xvfb-run -a -s "-screen 0 1600x1200x24" $pytest tests/ui "$@" || screen=$?
  # Nothing selected is no failure where the caller selects.
  [ "$screen" -ne 5 ] || [ $# -eq 0 ] || screen=0
fi
echo "The whole suite off-screen:"
QT_QPA_PLATFORM=offscreen $pytest "$@" || exit $?
[ "$screen" -eq 0 ] || echo "The window's tests failed on the virtual screen (above)."
exit "$screen"
