import { parseAllDocuments } from 'yaml';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Manifest } from '../../install/manifest.ts';
import { allManifests, type ManifestOptions, manifests } from '../../install/manifests.ts';
import { parseSettings } from '../../install/parse-settings.ts';
import { printManifests } from '../../install/print-manifests.ts';
import { matchesGolden } from '../cli/golden-text.ts';

// A version of its own: a release shouldn't rewrite the goldens.
const list = (options: Partial<ManifestOptions> = {}, assignments: readonly string[] = []): readonly Manifest[] => {
  const { highlyAvailable = false, certManager = false, caBundle } = options;
  return allManifests(manifests(parseSettings('1.2.3', assignments, { highlyAvailable }), { highlyAvailable, certManager, ...(caBundle !== undefined && { caBundle }) }));
};
const key = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

const plain = list();

test('what is printed', () => matchesGolden('manifests/default.yaml', printManifests(plain)));

test('what is printed otherwise with --ha and --cert-manager', () => {
  const printed = new Set(plain.map((manifest) => printManifests([manifest])));
  matchesGolden('manifests/ha-cert-manager.yaml', list({ highlyAvailable: true, certManager: true }).map((manifest) => printManifests([manifest])).filter((text) => !printed.has(text)).join(''));
});

test('what is printed otherwise with every setting changed', () => {
  const assignments = ['namespace=mesh', 'image=mirror/smic:2', 'initImage=mirror/smic-init:2', 'imagePullPolicy=Always', 'imagePullSecret=pull', 'meshName=shop', 'meshNamespace=osm-system', 'trustDomain=shop.example', 'clusterDomain=cluster.example', 'logLevel=debug', 'serverReplicas=5', 'serverCpu=1', 'serverMemory=2Gi', 'webhookReplicas=4', 'webhookCpu=300m', 'webhookMemory=512Mi', 'webhookTimeoutSeconds=3', 'injectionFailurePolicy=Ignore', 'validationFailurePolicy=Fail', 'monitoringNamespace=monitoring', 'priorityClass=mesh'];
  const text = list({ caBundle: 'PEM' }, assignments).filter(({ kind }) => kind !== 'CustomResourceDefinition');
  matchesGolden('manifests/settings.yaml', printManifests(text));
});

test('nothing is there twice, all reads back as it was, and another run gives the same bytes', () => {
  const all = list({ highlyAvailable: true, certManager: true });
  assert.is(new Set(all.map(key)).size, all.length);
  const text = printManifests(all);
  assert.equal(parseAllDocuments(text).map((document) => document.toJS() as unknown), JSON.parse(JSON.stringify(all)));
  assert.is(printManifests(list({ highlyAvailable: true, certManager: true })), text);
});

test('no secret, no key and no right to read any is in them', () => {
  const all = list({ highlyAvailable: true, certManager: true });
  assert.equal(all.filter(({ kind }) => kind === 'Secret'), []);
  const roles = JSON.stringify(all.filter(({ kind }) => kind.endsWith('Role')));
  assert.not.match(roles, /secrets|"\*"|webhookconfigurations|escalate|impersonate/);
});

test('injection leaves the cluster and the installation alone', () => {
  const text = JSON.stringify(plain.find(({ kind }) => kind === 'MutatingWebhookConfiguration'));
  for (const namespace of ['kube-system', 'kube-public', 'kube-node-lease', 'smic-system']) {
    assert.match(text, `"${namespace}"`);
  }
});

test.run();
