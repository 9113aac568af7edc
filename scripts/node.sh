#!/usr/bin/env bash
# Prints the folder of a Node binary of the given version, from the cache folder, where npm puts it first.
#   scripts/node.sh 26.10.0
set -euo pipefail

version=$1
cache=${SMIC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/smic}
target=$cache/node-$version
# What npm's package `node` would fetch by an install script, which may be switched off; this one holds the binary itself.
package=node-linux-$(node -p process.arch)
bin=$target/node_modules/$package/bin

if [ ! -x "$bin/node" ]; then
  mkdir -p "$cache"
  # Built aside and renamed into place, so that who runs at the same time sees all of it or nothing.
  work=$(mktemp -d "$cache/node-$version.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mkdir "$work/node"
  npm install --prefix "$work/node" --ignore-scripts --no-save --no-audit --no-fund --loglevel=error "$package@$version" >&2
  mv -T "$work/node" "$target" 2>/dev/null || [ -x "$bin/node" ]
fi
echo "$bin"
