import { spawn } from 'node:child_process';
import { addressText, defaultAdminAddress } from '../../../server/serve-options.ts';
import { smicCommand, type TestMesh } from '../../mesh/start-test-mesh.ts';
import { until } from './until.ts';

/** `smic ca rotate` with somebody in front of it. */
export interface RotationCommand {
  /** Waits until it asks this. */
  readonly question: (words: RegExp) => Promise<void>;
  /** Waits until it asks this, and says yes. */
  readonly answer: (words: RegExp) => Promise<void>;
  /** Waits for its exit code. */
  readonly exitCode: () => Promise<number>;
  /** What it has written so far. */
  readonly output: () => string;
  readonly stop: () => void;
}

/** Starts it in the node's namespace, where the server's admin interface is. It asks at a terminal only: `script` (util-linux) makes it one. */
export function startRotation({ node, caFolder }: TestMesh): RotationCommand {
  const command = [...smicCommand, 'ca', 'rotate', caFolder, '--server', `http://${addressText(defaultAdminAddress)}`, '--settle', '2s'];
  const child = spawn('ip', ['netns', 'exec', node, 'script', '--quiet', '--return', '--flush', '--command', command.map(quoted).join(' '), '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NO_COLOR: '1' },
  });
  let output = '';
  // Where what hasn't been answered begins.
  let answered = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  // It may have ended in the meantime, of which its exit code tells.
  child.stdin.on('error', () => {});
  let code: number | undefined;
  child.on('exit', (exitCode) => {
    code = exitCode ?? -1;
  });
  const question = async (words: RegExp): Promise<void> => {
    await until(`the question ${words}`, () => {
      if (code !== undefined) {
        throw new Error(`smic ca rotate has ended with ${code}: ${output}`);
      }
      return new RegExp(`${words.source}.*\\[y/N\\]`, 's').test(output.slice(answered));
    });
  };
  return {
    question,
    answer: async (words) => {
      await question(words);
      answered = output.length;
      child.stdin.write('y\n');
    },
    exitCode: () => until('the end of smic ca rotate', () => code),
    output: () => output,
    stop: () => void child.kill(),
  };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
