import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ArtifactError } from '../../compiler/artifact/artifact-error.ts';
import { artifactFromFiles } from '../../compiler/artifact/artifact-from-files.ts';
import { artifactFiles } from '../../compiler/artifact/layout.ts';
import { createEncoder } from '../../compiler/encode/encoder.ts';
import { asMap, sampleArtifact } from './support/sample-artifact.ts';

const files = asMap(artifactFiles(sampleArtifact()));
const clusters = 'proxies/shop/client/clusters.json';

function refuses(change: (files: Map<string, string>) => void, words: RegExp): void {
  const changed = new Map(files);
  change(changed);
  assert.throws(
    () => artifactFromFiles(changed, createEncoder()),
    (error: unknown) => error instanceof ArtifactError && words.test(error.message),
  );
}

function edit(path: string, from: string | RegExp, to: string): (files: Map<string, string>) => void {
  return (changed) => {
    const text = changed.get(path) ?? '';
    assert.not.equal(text.replace(from, to), text);
    changed.set(path, text.replace(from, to));
  };
}

test('a resource that was edited', () => {
  refuses(edit(clusters, '"5s"', '"6s"'), /clusters\.json\[0\] \("shop\/b\|80"\) is not what was compiled/);
});

test('a resource that Envoy does not know', () => {
  refuses(edit(clusters, 'connect_timeout', 'connect_time'), /is not a resource of Envoy's: .*no field "connect_time"/);
  refuses(edit(clusters, '"5s"', '"5"'), /expected a duration/);
  refuses((changed) => changed.set(clusters, `[{"name": "a", "metadata": {"filter_metadata": {"x": ${'{"x":'.repeat(50_000)}1${'}'.repeat(50_000)}}}}]`), /nested too deeply/);
});

test('a resource that was renamed, added, doubled or removed', () => {
  refuses(edit(clusters, '"name": "shop/b|80"', '"name": "other"'), /\("other"\) is not in manifest\.json/);
  refuses((changed) => changed.set(clusters, '[]\n'), /clusters\.json lacks "shop\/b\|80"/);
  refuses(edit(clusters, /^\[([\s\S]*)\]\n$/, '[$1,$1]'), /stands twice/);
});

test('a digest that was edited', () => {
  refuses(edit('manifest.json', /("shop\/b\|80": "sha256:)[0-9a-f]/g, '$1x'), /is not a digest/);
  refuses(edit('manifest.json', /("shop\/b\|80": "sha256:)[0-9a-f]{8}/g, '$100000000'), /is not what was compiled/);
});

test('a file that is missing, foreign or broken', () => {
  refuses((changed) => changed.delete('manifest.json'), /manifest\.json is missing/);
  refuses((changed) => changed.delete(clusters), /clusters\.json is missing/);
  refuses((changed) => changed.set('proxies/shop/intruder/clusters.json', '[]'), /intruder.*doesn't belong/);
  refuses((changed) => changed.set(clusters, '[{'), /clusters\.json is not JSON/);
  refuses((changed) => changed.set(clusters, '{}'), /clusters\.json is not a list/);
  refuses((changed) => changed.set('manifest.json', '[]'), /manifest\.json is not an object/);
  refuses(edit('manifest.json', '"formatVersion": 1', '"formatVersion": 2'), /format version 2/);
});

test('a manifest that points out of the folder', () => {
  refuses(edit('manifest.json', '"namespace": "shop"', '"namespace": "../.."'), /is not a folder that smic writes/);
  refuses(edit('manifest.json', '"name": "everyone"', '"name": ".."'), /is not a folder|isn't there/);
});

test('sources that point at nothing', () => {
  refuses(edit('proxies/shop/client/sources.json', '"/clusters/0"', '"clusters"'), /doesn't point at a resource/);
  refuses(edit('proxies/shop/client/sources.json', '"line": 19', '"line": "19"'), /line is not a whole number/);
});

test('order of keys and white space mean nothing', () => {
  const changed = new Map([...files].map(([path, text]) => [path, JSON.stringify(JSON.parse(text))]));
  assert.equal(artifactFromFiles(changed, createEncoder()), artifactFromFiles(files, createEncoder()));
});

test.run();
