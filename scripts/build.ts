// Makes dist/: bin/smic.js (the command, bundled so that it starts fast) and compiler/ (the library, as modules with types).
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const command = 'dist/bin/smic.js';
const shebang = '#!/usr/bin/env node\n';

rmSync('dist', { recursive: true, force: true });

await build({
  // Threads stand where those are that start them.
  entryPoints: {
    smic: 'cli/main.ts',
    'chunks/load-thread': 'server/artifacts/load-thread.ts',
    'chunks/policy-thread': 'webhook/admission/policy-thread.ts',
  },
  outdir: 'dist/bin',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  // A command that is imported lazily becomes a chunk of its own, so that `smic version` doesn't read the compiler.
  splitting: true,
  format: 'esm',
  platform: 'node',
  // These read files beside their own modules. Only smic serve loads them.
  external: ['@grpc/grpc-js', '@grpc/reflection', 'grpc-health-check'],
  // What reads kubeconfigs needs it: Node's own is deprecated, and says so on standard error from 21 on.
  alias: { punycode: 'punycode/punycode.js' },
  target: 'node20',
  // Names stay: they stand in stack traces, which users put into bug reports. (`keepNames` would keep them too, by setting the
  // name of each function each time that one is made: a fifth of what it takes to check an artifact.)
  minifyWhitespace: true,
  minifySyntax: true,
  // The bundled CommonJS packages call `require` for Node's own modules, which ES modules don't have.
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  logLevel: 'warning',
}).catch(() => {
  // esbuild has printed what is wrong.
  process.exit(1);
});
const bundled = readFileSync(command, 'utf8');
if (!bundled.startsWith('#!')) {
  writeFileSync(command, shebang + bundled);
}
chmodSync(command, 0o755);

// The server tells others which messages it speaks (gRPC reflection). See server/grpc/descriptor-files.ts for the path.
cpSync('proto/envoy-1.40.0.binpb', 'dist/proto/envoy-1.40.0.binpb');

const tsc = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
if (tsc.status !== 0) {
  process.exit(1);
}
// What tsc doesn't emit: modules that are generated as JavaScript, with their declarations, and data.
cpSync('compiler', 'dist/compiler', {
  recursive: true,
  filter: (path) => statSync(path).isDirectory() || path.endsWith('.d.ts') || !path.endsWith('.ts'),
});
