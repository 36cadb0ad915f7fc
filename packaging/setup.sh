#!/bin/sh
# Sets up .venv of the checkout with the versions of lock.txt; a second call is done at once.
#   packaging/setup.sh window|tests
# PYTHON       the interpreter to start from (default python3; 3.11 or newer)
# TORCH_INDEX  where torch comes from: a package index, or "default" for the usual one. Unset: PyTorch's index of
#              CPU builds where it answers, else the usual one.
set -eu
cd "$(dirname "$0")/.."
purpose=$1
python=${PYTHON:-python3}
cpu_index=https://download.pytorch.org/whl/cpu

say() { printf '%s\n' "$*" >&2; }
fail() { say "$@"; exit 1; }

command -v "$python" >/dev/null || fail "There is no $python here. On Debian or Ubuntu: sudo apt-get install -y python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "$("$python" --version) is too old: cineviewer needs Python 3.11 or newer (make PYTHON=python3.12 names another)."
case $(uname) in MINGW* | MSYS* | CYGWIN*) fail "On Windows: py -m venv .venv, then .venv\\Scripts\\pip install -r packaging/lock.txt -e ." ;; esac

# Without a display the window's libraries are not needed, so that their absence is said but stops nothing.
status=0
"$python" packaging/system_packages.py --for "$purpose" --install || status=$?
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || exit 1

stamp=.venv/.stamp-$(cat packaging/lock.txt packaging/setup.sh | cksum | tr ' ' '-')
[ -e "$stamp" ] && exit 0

if [ ! -x .venv/bin/pip ]; then
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    package=python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || fail "This Python has no ensurepip, so no environment can be made. On Debian or Ubuntu: sudo apt-get install -y $package"
    say "Installing system packages: $package"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null
  fi
  "$python" -m venv .venv
fi

index=${TORCH_INDEX:-}
if [ -z "$index" ] && [ "$(uname)" = Linux ]; then
  index=$(.venv/bin/python - "$cpu_index" <<'PROBE'
import sys, urllib.request
try:
    urllib.request.urlopen(urllib.request.Request(sys.argv[1] + "/torch/", method="HEAD"), timeout=4).close()
    print(sys.argv[1])
except Exception:
    print("default")
PROBE
  )
fi
set --
case $index in '' | default) ;; *) set -- --extra-index-url "$index" ;; esac
say "Setting up .venv: about 2 GB, some minutes the first time."
.venv/bin/python -m pip install -q --disable-pip-version-check --no-input "$@" -r packaging/lock.txt
.venv/bin/python -m pip install -q --disable-pip-version-check --no-input --no-deps -e .
rm -f .venv/.stamp-*
: > "$stamp"
