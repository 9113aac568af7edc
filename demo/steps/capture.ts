import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** What went over the node's bridge for a moment. */
export interface Capture {
  readonly bytes: number;
  /** Pieces of text that a reader of the wire would find interesting, each once. */
  readonly readable: readonly string[];
  /** Beginnings of TLS records with application data. */
  readonly tlsRecords: number;
}

/** An AF_PACKET socket, for machines without tcpdump. */
const reader = `
import socket, sys
packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(3))
packets.bind(("bridge0", 0))
while True:
    sys.stdout.buffer.write(packets.recv(65535))
    sys.stdout.buffer.flush()
`;

const readers: readonly (readonly string[])[] = [
  ['tcpdump', '-i', 'bridge0', '-U', '-s', '0', '-w', '-', 'tcp port 14001'],
  ['python3', '-c', reader],
];

/** Reads what passes through the node; undefined where the machine has neither tcpdump nor Python. */
export async function captureTraffic(netns: string, milliseconds: number): Promise<Capture | undefined> {
  for (const command of readers) {
    const bytes = await record(netns, command, milliseconds);
    if (bytes.length > 0) {
      return read(bytes);
    }
  }
  return undefined;
}

async function record(netns: string, command: readonly string[], milliseconds: number): Promise<Buffer> {
  const child = spawn('ip', ['netns', 'exec', netns, ...command], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'close').catch(() => {});
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await Promise.race([ended, sleep(milliseconds)]);
  child.kill('SIGKILL');
  await ended;
  return Buffer.concat(chunks);
}

function read(bytes: Buffer): Capture {
  const text = bytes.toString('latin1');
  const interesting = text.match(/(?:GET|POST) \/[\x21-\x7e]* HTTP\/1\.1|client-app: \w+|"secret":"[^"]*"/g) ?? [];
  const records = text.match(/\x17\x03\x03/g) ?? [];
  return { bytes: bytes.length, readable: [...new Set(interesting)].sort(), tlsRecords: records.length };
}
