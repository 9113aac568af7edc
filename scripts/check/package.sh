#!/usr/bin/env bash
# The package as its users get it: packed, installed beside nothing else, run as a command and imported as a library.
# Expects that it has been built.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --ignore-scripts --silent --pack-destination "$work" >/dev/null
mkdir "$work/user"
npm install --prefix "$work/user" --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error "$work"/smic-*.tgz
cd "$work/user"
./node_modules/.bin/smic version
echo '{"type": "module"}' >package.json
node --input-type=module -e "
  import { compile } from 'smic';
  const { diagnostics } = compile([]);
  console.log('library: compile() of nothing gives', diagnostics.map((diagnostic) => diagnostic.code).join(', '));
"
