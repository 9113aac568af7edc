import { spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Artifact } from '../../../compiler/artifact/artifact.ts';
import { encodeBundle } from '../../../compiler/artifact/bundle.ts';
import type { TestCa } from './test-ca.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** `smic serve` in a process of its own. */
export interface ServerProcess {
  readonly port: number;
  readonly adminPort: number;
  readonly lines: readonly string[];
  publish(artifact: Artifact): void;
  /** Bytes of memory that it has. */
  memory(): Promise<number>;
  signal(name: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Ends it, if it hasn't ended, and removes its folder. */
  stop(): Promise<void>;
}

export async function startServerProcess(ca: TestCa, artifact: Artifact, flags: readonly string[] = []): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'smic-process-'));
  const path = join(folder, 'mesh.bundle');
  const publish = (content: Artifact): void => {
    writeFileSync(`${path}.new`, encodeBundle(content));
    renameSync(`${path}.new`, path);
  };
  publish(artifact);
  const args = ['serve', path, '--ca', ca.folder, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', ...flags];
  const server = spawn(process.execPath, ['--import', 'tsx', join(root, 'cli', 'main.ts'), ...args], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  // Its input closes however this process ends, even when it is killed. So no server and no folder stay behind.
  const guard = spawn('/bin/sh', ['-c', 'cat >/dev/null; kill -9 "$1" 2>/dev/null; rm -rf "$2"', 'guard', String(server.pid), folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => server.on('exit', (code, signal) => resolve(code ?? signal)));
  const lines: string[] = [];
  const ports = new Promise<{ readonly port: number; readonly adminPort: number }>((resolve, reject) => {
    createInterface(server.stderr).on('line', (line) => {
      lines.push(line);
      const { msg, address, admin } = line.startsWith('{') ? JSON.parse(line) : {};
      if (msg === 'serving') {
        resolve({ port: address.port, adminPort: admin.port });
      }
    });
    void ended.then((reason) => reject(new Error(`smic serve ended (${reason}): ${lines.join('\n')}`)));
  });
  const stop = async (): Promise<void> => {
    server.kill('SIGKILL');
    await ended;
    guard.stdin.end();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { port, adminPort } = await ports;
    const memory = async (): Promise<number> => Number(/^process_resident_memory_bytes (\S+)/m.exec(await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text())?.[1]);
    return { port, adminPort, lines, publish, memory, signal: (name) => void server.kill(name), ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
