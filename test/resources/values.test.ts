import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDuration } from '../../compiler/resources/duration.ts';
import { canonicalIP } from '../../compiler/resources/ip.ts';
import { oneOf, pathText, quoted } from '../../compiler/load/words.ts';

test('IP addresses', () => {
  const good: Readonly<Record<string, string>> = {
    '0.0.0.0': '0.0.0.0', '255.255.255.255': '255.255.255.255', '::': '::', '::1': '::1', '1::': '1::', 'FE80:0:0:0:0:0:0:1': 'fe80::1',
    '2001:0db8:0:0:1:0:0:1': '2001:db8::1:0:0:1', '1:0:2:3:4:5:6:7': '1:0:2:3:4:5:6:7', '::ffff:10.0.0.1': '::ffff:a00:1', '1:2:3:4:5:6:7:8': '1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7::': '1:2:3:4:5:6:7:0',
  };
  for (const [text, want] of Object.entries(good)) assert.is(canonicalIP(text), want, text);
  for (const text of ['', '1.2.3', '1.2.3.4.5', '256.0.0.1', '01.2.3.4', '1.2.3.4/32', '1.2.3.4.', ' 1.2.3.4', 'a.b.c.d', ':', ':::', '1::2::3', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '12345::', 'fe80::1%eth0', '::1/128', '1.2.3.4::', '::1.2.3', '1:2:3:4:5:6:7']) {
    assert.is(canonicalIP(text), undefined, text);
  }
});

test('durations', () => {
  for (const [text, want] of [['24h', 86_400_000], ['1h30m', 5_400_000], ['500ms', 500], ['1.5s', 1500], ['0', 0], ['0s', 0], ['.5s', 500], ['1us', 0.001]] as const) {
    assert.is(parseDuration(text), want, text);
  }
  for (const text of ['', '24', '1d', '-1h', '1 h', 'h', '.s', '1h ', '1e3s', `${'9'.repeat(400)}h`]) {
    assert.is(parseDuration(text), undefined, text);
  }
});

test('words', () => {
  assert.is(pathText(['spec', 'rules', 0, 'a/b', 'c']), 'spec.rules[0]["a/b"].c');
  assert.is(quoted('a\u001b\u202e"'), '"a\\u001b\\u202e\\""');
  assert.is(quoted('x'.repeat(100)).length, 78);
  assert.is(oneOf(['a', 'b', 'c']), 'a, b or c');
});

test.run();
