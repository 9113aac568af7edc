import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

test('fish completes commands, options, values and paths, where there is a fish', async () => {
  const shell = 'fish';
  if (!has(shell)) {
    return;
  }
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, 'script.fish'), fishCompletion(commands));
    mkdirSync(join(folder, 'policies'));
    const offered = (line: string): readonly string[] => {
      const words = ['--no-config', '-c', `source script.fish; complete -C '${line}'`];
      const { stdout, stderr } = spawnSync(shell, words, { encoding: 'utf8', cwd: folder, env: { ...process.env, HOME: folder } });
      assert.is(stderr, '');
      return stdout.split('\n').filter((word) => word !== '').map((word) => word.split('\t')[0] ?? '');
    };
    assert.equal(offered('smic co'), ['compile', 'completion']);
    assert.equal(offered('smic compile --ch'), ['--check']);
    assert.equal(offered('smic compile -o '), ['json', 'yaml']);
    assert.equal(offered('smic lint po'), ['policies/']);
    assert.equal(offered('smic serve po'), ['policies/']);
    assert.equal(offered('smic ca r'), ['rotate']);
    assert.equal(offered('smic help l'), ['lint']);
  });
});

test('zsh completes commands, options, values and paths, where there is a zsh', async () => {
  if (!has('zsh')) {
    return;
  }
  await inTemporaryFolder(async (folder) => {
    writeFileSync(join(folder, '_smic'), zshCompletion(commands));
    mkdirSync(join(folder, 'policies'));
    const lines = { 'smic complet': 'smic completion', 'smic compile --ch': 'smic compile --check', 'smic compile -o y': 'smic compile -o yaml', 'smic lint po': 'smic lint policies/', 'smic serve po': 'smic serve policies/', 'smic ca r': 'smic ca rotate', 'smic help l': 'smic help lint' };
    // A zsh in a terminal of its own: a line and a tab are typed, then a key that writes down what has become of it. What is typed while zsh
    // gets ready may be lost, so each line waits for the one before, and is typed again after a while.
    const script = `
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell "fpath=($PWD \\$fpath); autoload -Uz compinit; compinit -u -D; note() { print -r -- \\$BUFFER >> completed; BUFFER= }; zle -N note; bindkey '^X' note"
      typed() {
        for try in 1 2 3 4 5 6; do
          zpty -w -n shell $'\\x15'"$1"$'\\t\\x18'
          for (( round = 0; round < 50; round++ )); do
            zpty -r -t shell > /dev/null
            [[ -e completed && $(sort -u completed | wc -l) -ge $2 ]] && return
            sleep 0.1
          done
        done
      }
      ${Object.keys(lines).map((line, index) => `typed '${line}' ${index + 1}`).join('\n')}
      zpty -d shell`;
    spawnSync('zsh', ['-f', '-c', script], { cwd: folder, env: { ...process.env, HOME: folder, TERM: 'dumb' } });
    const completed = readFileSync(join(folder, 'completed'), 'utf8').split('\n').slice(0, -1).map((line) => line.trimEnd());
    assert.equal([...new Set(completed)], Object.values(lines));
  });
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
