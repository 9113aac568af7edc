import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runMain } from '../../cli/run-main.ts';
import type { Output, Terminal } from '../../cli/terminal/terminal.ts';

/** A terminal that keeps what is written, and whose stdout fails as no user could make it. */
function brokenTerminal(): { readonly terminal: Terminal; readonly words: () => string } {
  let words = '';
  const err: Output = {
    isTTY: false,
    color: false,
    write: async (text) => {
      words += String(text);
    },
  };
  const out: Output = {
    isTTY: false,
    color: false,
    write: async () => {
      throw new TypeError('x is not a function');
    },
  };
  return { terminal: { out, err }, words: () => words };
}

test('a bug is told as one, without a stack, and with exit code 2', async () => {
  const { terminal, words } = brokenTerminal();
  assert.is(await runMain(['version'], terminal), 2);
  assert.match(words(), /^error: this is a bug in smic: x is not a function\n {2}Please report it/);
  assert.not.match(words(), '\n    at ');
});

test('--debug shows the stack', async () => {
  const { terminal, words } = brokenTerminal();
  assert.is(await runMain(['explain', '--debug'], terminal), 2);
  assert.match(words(), /\n {4}at /);
});

test.run();
