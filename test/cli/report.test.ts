import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadReporter, reporterNames } from '../../cli/report/load-reporter.ts';
import { report } from './report-fixture.ts';
import { matchesGolden } from './golden-text.ts';
import { catalog } from '../../compiler/diagnostics/generated/catalog.ts';

const nothing = { ...report, diagnostics: [], suppressed: 0 };

for (const name of ['pretty', 'concise', 'json', 'github', 'junit'] as const) {
  test(`${name} shows every sort of finding`, async () => {
    const reporter = await loadReporter(name);
    matchesGolden(`report/${name}.txt`, reporter(report, { color: false }));
  });
}

test('pretty in colour says the same', async () => {
  const pretty = await loadReporter('pretty');
  const colored = pretty(report, { color: true });
  assert.match(colored, '\u001b[31m');
  assert.is(colored.replace(/\u001b\[\d+m/g, ''), pretty(report, { color: false }));
});

test('nothing in a report for people or lines can drive a terminal', async () => {
  for (const name of ['pretty', 'concise'] as const) {
    const text = (await loadReporter(name))(report, { color: false });
    assert.not.match(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
});

test('concise gives one line a finding', async () => {
  const lines = (await loadReporter('concise'))(report, { color: false }).trimEnd().split('\n');
  assert.is(lines.length, report.diagnostics.length);
});

test('without findings, formats for people are silent and documents are whole', async () => {
  const texts = await Promise.all(reporterNames.map(async (name) => [name, (await loadReporter(name))(nothing, { color: false })] as const));
  const byName = Object.fromEntries(texts);
  assert.is(byName['pretty'], '');
  assert.is(byName['concise'], '');
  assert.is(byName['github'], '');
  assert.equal(JSON.parse(byName['json'] ?? '').diagnostics, []);
  assert.equal(JSON.parse(byName['sarif'] ?? '').runs[0].results, []);
  assert.match(byName['junit'] ?? '', 'failures="0"');
});

test('sarif has the catalog as rules and results that refer to it', async () => {
  const log = JSON.parse((await loadReporter('sarif'))(report, { color: false }));
  assert.is(log.version, '2.1.0');
  const [run] = log.runs;
  assert.equal(run.tool.driver.rules.map((rule: { id: string }) => rule.id), Object.keys(catalog));
  for (const result of run.results) {
    assert.is(run.tool.driver.rules[result.ruleIndex].id, result.ruleId);
    assert.ok(['error', 'warning', 'note'].includes(result.level));
    assert.ok(result.message.text.length > 0);
  }
  const uris = run.results.flatMap((result: { locations?: { physicalLocation?: { artifactLocation: { uri: string } } }[] }) => result.locations ?? []).flatMap((location: { physicalLocation?: { artifactLocation: { uri: string } } }) => location.physicalLocation?.artifactLocation.uri ?? []);
  assert.equal([...new Set(uris)], ['policies/a%20b.yaml', 'service.json', '%3Cstdin%3E']);
  // The index grows with every new code of the catalog.
  const results = run.results.map(({ ruleIndex: _index, ...rest }: { ruleIndex: number }) => rest);
  matchesGolden('report/sarif-results.txt', `${JSON.stringify(results, null, 2)}\n`);
});

test('junit counts what the exit code counts', async () => {
  const junit = await loadReporter('junit');
  assert.match(junit(report, { color: false }), 'tests="8" failures="1"');
  assert.match(junit({ ...report, failOn: 'warning' }, { color: false }), 'tests="8" failures="6"');
  assert.match(junit({ ...report, failOn: 'note' }, { color: false }), 'tests="8" failures="7"');
});

test('junit is well-formed', async () => {
  const text = (await loadReporter('junit'))(report, { color: false });
  const open: string[] = [];
  for (const [, close, name, selfClosing] of text.replace(/<\?xml.*?\?>/, '').matchAll(/<(\/?)([a-z-]+)(?:\s[a-z]+="[^"<]*")*(\/?)>/g)) {
    if (close) {
      assert.is(open.pop(), name);
    } else if (!selfClosing) {
      open.push(name ?? '');
    }
  }
  assert.equal(open, []);
  assert.not.match(text.replace(/<(\/?)([a-z-]+)(?:\s[a-z]+="[^"<]*")*(\/?)>/g, '').replace(/<\?xml.*?\?>/, ''), /[<]|&(?!(?:amp|lt|gt|quot|#\d+);)/);
  assert.not.match(text, /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
});

test.run();
