import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bashCompletion } from '../../cli/completion/bash.ts';
import { commandWords } from '../../cli/completion/command-words.ts';
import { fishCompletion } from '../../cli/completion/fish.ts';
import { zshCompletion } from '../../cli/completion/zsh.ts';
import { describeProgram } from '../../cli/program/describe-program.ts';
import { inTemporaryFolder } from './temporary-folder.ts';

const commands = commandWords(describeProgram());

function has(shell: string): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0;
}

/** What bash offers for the last of `words`. */
function complete(words: readonly string[]): readonly string[] {
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const script = `${bashCompletion(commands)}\nCOMP_WORDS=(${quoted})\nCOMP_CWORD=${words.length - 1}\n_smic\nprintf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  assert.is(stderr, '');
  return stdout.split('\n').filter((word) => word !== '');
}

test('every command and option is in every script', () => {
  for (const script of [bashCompletion(commands), zshCompletion(commands), fishCompletion(commands)]) {
    for (const { name, options } of commands) {
      assert.match(script, name);
      for (const flag of options.flatMap(({ flags }) => flags)) {
        assert.match(script, script.startsWith('# fish') ? flag.replace(/^--/, '-l ').replace(/^-(?=\w$)/, '-s ') : flag);
      }
    }
  }
});

test('bash completes commands, options and values', () => {
  if (!has('bash')) {
    return;
  }
  assert.equal(complete(['smic', 'co']), ['compile', 'completion']);
  assert.equal(complete(['smic', 'compile', '--ch']), ['--check']);
  assert.equal(complete(['smic', 'compile', '-o', '']), ['json', 'yaml']);
  assert.equal(complete(['smic', 'lint', '--fail-on', 'w']), ['warning']);
  assert.equal(complete(['smic', 'completion', 'z']), ['zsh']);
  assert.equal(complete(['smic', 'help', 'l']), ['lint']);
});

for (const [shell, script] of [['bash', bashCompletion], ['zsh', zshCompletion], ['fish', fishCompletion]] as const) {
  test(`${shell} takes its script, where there is a ${shell}`, async () => {
    if (!has(shell)) {
      return;
    }
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, 'script');
      writeFileSync(file, script(commands));
      const { status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
      assert.is(status, 0, stderr);
    });
  });
}

test.run();
