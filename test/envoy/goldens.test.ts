import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createEncoder } from '../../compiler/encode/encoder.ts';
import { findEnvoy } from '../runner/find-envoy.ts';
import { bookstoreSidecar, encodeMessages } from './bookstore-sidecar.ts';
import { goldenArtifacts, goldenProxies } from './golden-proxies.ts';
import { startJudge, type Judge } from './judge.ts';

const envoy = findEnvoy().path;
const test = suite('goldens');
const check = envoy === undefined ? test.skip : test;
let judge: Judge;

test.before(async () => {
  if (envoy !== undefined) {
    judge = await startJudge(envoy);
  }
});
test.after(async () => judge?.stop());

check('Envoy accepts what the encoder makes of a configuration written by hand', async () => {
  const encoder = createEncoder();
  const configuration = encodeMessages(bookstoreSidecar(), (name, message) => encoder.encode(name, message));
  assert.equal(await judge.judge(configuration), { accepted: true, reasons: [], warnings: [] });
});

for (const folder of goldenArtifacts('fixtures').filter((path) => path.includes(process.env['FILTER'] ?? ''))) {
  check(`Envoy accepts every proxy of ${folder}`, async () => {
    for (const { name, configuration } of goldenProxies(folder)) {
      const { reasons, warnings } = await judge.judge(configuration);
      assert.equal({ name, reasons, warnings }, { name, reasons: [], warnings: [] });
    }
  });
}

test.run();
