import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { printable } from '../../cli/terminal/printable.ts';
import { createProgress } from '../../cli/terminal/progress.ts';
import { table } from '../../cli/terminal/table.ts';
import { wantsColor } from '../../cli/terminal/terminal.ts';
import { textWidth } from '../../cli/terminal/text-width.ts';

test('colour: FORCE_COLOR before NO_COLOR before TERM; empty variables say nothing', () => {
  assert.is(wantsColor({}, true), true);
  assert.is(wantsColor({}, false), false);
  assert.is(wantsColor({ NO_COLOR: '1' }, true), false);
  assert.is(wantsColor({ NO_COLOR: '' }, true), true);
  assert.is(wantsColor({ TERM: 'dumb' }, true), false);
  assert.is(wantsColor({ FORCE_COLOR: '1' }, false), true);
  assert.is(wantsColor({ FORCE_COLOR: '0' }, true), false);
  assert.is(wantsColor({ FORCE_COLOR: '1', NO_COLOR: '1' }, false), true);
  assert.is(wantsColor({ FORCE_COLOR: '' }, false), false);
});

test('text that a terminal would obey is shown as escapes', () => {
  assert.is(printable('a\u001b]0;x\u0007b\r\n\u009b31m\u2066'), 'a\\u001b]0;x\\u0007b\\r\\n\\u009b31m\\u2066');
  assert.is(printable('bücher 漢字 🎉'), 'bücher 漢字 🎉');
});

test('wide characters take two columns, combining ones none', () => {
  assert.is(textWidth('abc'), 3);
  assert.is(textWidth('漢字'), 4);
  assert.is(textWidth('🎉'), 2);
  assert.is(textWidth('e\u0301'), 1);
});

test('a table aligns its columns and has no spaces at line ends', () => {
  assert.is(table([{ title: 'NAME' }, { title: 'N', align: 'right' }, { title: 'REST' }], [['漢', '10', ''], ['abcdef', '7', 'x']]), 'NAME     N  REST\n漢      10\nabcdef   7  x\n');
});

test('progress shows on a terminal, after a while, and leaves nothing behind', () => {
  const written: string[] = [];
  const output = (isTTY: boolean) => ({ isTTY, color: false, write: async (text: string | Uint8Array) => void written.push(String(text)) });
  let now = 0;
  const progress = createProgress(output(true), () => now);
  progress.show('load');
  assert.equal(written, []);
  now = 1000;
  progress.show('mesh');
  progress.clear();
  assert.equal(written, ['\r\u001b[Kmesh …', '\r\u001b[K']);
  written.length = 0;
  now = 0;
  const piped = createProgress(output(false), () => now);
  now = 1000;
  piped.show('mesh');
  piped.clear();
  assert.equal(written, []);
});

test.run();
