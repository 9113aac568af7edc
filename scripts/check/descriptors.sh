#!/bin/sh
# Compares proto/envoy-*.binpb with what proto/roots.txt makes. GO=path takes another Go.
set -eu
cd "$(dirname "$0")/../descriptors"
go=$(../go.sh)
"$go" run . -check ../../proto/roots.txt ../../proto/envoy-*.binpb
