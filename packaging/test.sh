#!/bin/sh
# Runs the whole suite: the window's tests on a virtual screen where there is one, then everything off-screen.
#   packaging/test.sh [PYTEST ARGUMENTS...]     with arguments only what they choose, once, off-screen
set -eu
cd "$(dirname "$0")/.."
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
pytest=".venv/bin/python -m pytest -q -n logical --maxprocesses 8"
if [ $# -gt 0 ]; then
  QT_QPA_PLATFORM=offscreen exec $pytest "$@"
fi
screen=0
if command -v xvfb-run >/dev/null && command -v xauth >/dev/null; then
  echo "The window's tests on a virtual screen:"
  # One process: on one screen only one of several windows can have the keyboard.
  QT_QPA_PLATFORM=xcb xvfb-run -a -s "-screen 0 2600x1500x24" $pytest -n 0 tests/ui || screen=$?
else
  echo "No virtual screen here (xvfb, xauth): the window's tests run off-screen only."
fi
echo "The whole suite off-screen:"
QT_QPA_PLATFORM=offscreen $pytest || exit $?
[ "$screen" -eq 0 ] || echo "The window's tests failed on the virtual screen (above)."
exit "$screen"
