#!/bin/sh
# Compares proto/envoy-*.binpb with what proto/roots.txt makes. Needs Go; says so where there is none. GO=path takes another Go.
set -eu
cd "$(dirname "$0")/../descriptors"
go=${GO:-go}
if ! command -v "$go" >/dev/null 2>&1; then
  echo 'descriptors: not compared, for there is no Go here'
  exit 0
fi
"$go" run . -check ../../proto/roots.txt ../../proto/envoy-*.binpb
