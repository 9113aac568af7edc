import { spawn } from 'node:child_process';

/** Runs a shell script that ends at its first failure; gives what it printed. Rejects with its messages. */
export function runScript(script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const shell = spawn('/bin/sh', ['-e'], { stdio: ['pipe', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    shell.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    shell.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    shell.on('error', reject);
    shell.on('close', (code) => {
      if (code === 0) {
        resolve(Buffer.concat(output).toString());
      } else {
        reject(new Error(`a shell script ended with ${code}: ${Buffer.concat(errors).toString().trim()}`));
      }
    });
    // It may end before it has read all.
    shell.stdin.on('error', () => {});
    shell.stdin.end(script);
  });
}
