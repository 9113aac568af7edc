import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeProgram } from '../../cli/program/describe-program.ts';
import { allManifests, manifests } from '../../install/manifests.ts';
import { parseSettings } from '../../install/parse-settings.ts';
import { names } from '../../webhook/names.ts';

interface PodTemplate {
  readonly template: { readonly spec: { readonly containers: readonly { readonly command: readonly string[]; readonly args: readonly string[] }[] } };
}

for (const certManager of [false, true]) {
  test(`what the webhook's pods run is a command line that smic understands${certManager ? ', with cert-manager' : ''}`, async () => {
    const list = allManifests(manifests(parseSettings('1.2.3', ['meshName=shop']), { highlyAvailable: false, certManager }));
    const containers = list.filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name === names.webhook).flatMap(({ spec }) => (spec as PodTemplate).template.spec.containers);
    assert.is(containers.length, 1);
    for (const { command, args } of containers) {
      assert.equal(command, ['smic']);
      const program = describeProgram().exitOverride();
      program.commands.forEach((below) => below.exitOverride().configureOutput({ writeErr: () => {} }));
      await program.parseAsync([...args], { from: 'user' });
    }
  });
}

test.run();
