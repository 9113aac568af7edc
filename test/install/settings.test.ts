import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSettings } from '../../install/parse-settings.ts';
import { type Definition, settingDefinitions } from '../../install/settings.ts';
import { SettingsError } from '../../install/settings-error.ts';
import { root } from '../cli/run-smic.ts';

const refusal = (assignments: readonly string[], options = {}): readonly [string, string] => {
  try {
    parseSettings('1.2.3', assignments, options);
  } catch (error) {
    assert.instance(error, SettingsError);
    return [(error as SettingsError).message, (error as SettingsError).fix];
  }
  throw new Error(`${assignments.join(' ')} was taken`);
};

test('the presets are values of their own kinds, and --ha changes some', () => {
  for (const { kind, preset, highlyAvailable } of Object.values(settingDefinitions('1.2.3')) as readonly Definition<unknown>[]) {
    for (const value of [preset, highlyAvailable].filter((other) => other !== undefined)) {
      assert.equal(kind.parse(String(value)), value);
    }
  }
  assert.is(parseSettings('1.2.3', []).serverReplicas, 2);
  assert.is(parseSettings('1.2.3', [], { highlyAvailable: true }).serverReplicas, 3);
  assert.is(parseSettings('1.2.3', []).image, 'smic:1.2.3');
});

test('the last of a key counts, a value may hold =, and MeshConfig is read in the own namespace unless another is given', () => {
  const settings = parseSettings('1.2.3', ['meshName=a', 'meshName=b', 'namespace=mesh']);
  assert.equal([settings.meshName, settings.namespace, settings.meshNamespace], ['b', 'mesh', 'mesh']);
  assert.is(parseSettings('1.2.3', ['meshNamespace=osm-system']).meshNamespace, 'osm-system');
});

test('a key that does not exist is refused, with the one that was meant', () => {
  assert.equal(refusal(['meshname=osm']), ['there is no setting "meshname"', 'Did you mean "meshName"?']);
  assert.match(refusal(['surplus=1'])[1], /^The settings are namespace, image, /);
  assert.equal(refusal(['constructor=1'])[0], 'there is no setting "constructor"');
  assert.equal(refusal(['meshName'])[1], 'Write KEY=VALUE, as meshName=osm.');
});

test('a value that is none is refused, with what is expected', () => {
  assert.equal(refusal(['serverReplicas=0']), ['serverReplicas cannot be "0"', 'Expected a whole number from 1 to 100.']);
  assert.equal(refusal(['injectionFailurePolicy=fail'])[1], 'Expected one of Fail, Ignore.');
  for (const bad of ['namespace=Not_A_Label', 'image=a b', 'image=', 'trustDomain=Shop', 'serverCpu=-1', 'serverMemory=1 Gi', 'meshName=$(id)', 'meshName=a\nb', 'webhookTimeoutSeconds=31']) {
    assert.match(refusal([bad])[0], `${bad.split('=')[0]} cannot be`);
  }
});

test("the cluster's own namespaces are refused, and an autoscaler that could not begin", () => {
  for (const namespace of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
    assert.match(refusal([`namespace=${namespace}`])[0], 'cannot be installed into');
  }
  assert.match(refusal(['serverReplicas=11'], { highlyAvailable: true })[0], 'above serverMaxReplicas');
});

test('docs/install.md lists every setting (UPDATE=1 writes it)', () => {
  const definitions = Object.entries(settingDefinitions('VERSION')) as readonly (readonly [string, Definition<unknown>])[];
  const rows = definitions.map(([key, { preset, highlyAvailable, description, kind }]) => `| \`${key}\` | ${description}; ${kind.expects} | ${cell(preset)} | ${highlyAvailable === undefined ? '' : cell(highlyAvailable)} |`);
  const table = ['| setting | meaning | default | with `--ha` |', '|---|---|---|---|', ...rows].join('\n');
  const path = join(root, 'docs', 'install.md');
  const page = readFileSync(path, 'utf8');
  const renewed = page.replace(/(<!-- settings -->\n)[\s\S]*?(\n<!-- end of settings -->)/, (_, start: string, end: string) => start + table + end);
  if (process.env['UPDATE'] === '1') {
    writeFileSync(path, renewed);
  }
  assert.match(page, '<!-- settings -->');
  assert.fixture(readFileSync(path, 'utf8'), renewed);
});

function cell(value: unknown): string {
  return value === '' ? '' : `\`${String(value)}\``;
}

test.run();
