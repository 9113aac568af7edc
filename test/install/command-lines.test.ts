import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeProgram } from '../../cli/program/describe-program.ts';
import { allManifests, manifests } from '../../install/manifests.ts';
import { parseSettings } from '../../install/parse-settings.ts';

interface PodTemplate {
  readonly template: { readonly spec: { readonly containers: readonly { readonly command: readonly string[]; readonly args: readonly string[] }[] } };
}

for (const certManager of [false, true]) {
  test(`what pods run is a command line that smic understands${certManager ? ', with cert-manager' : ''}`, async () => {
    const list = allManifests(manifests(parseSettings('1.2.3', ['meshName=shop']), { highlyAvailable: false, certManager }));
    const containers = list.filter(({ kind }) => kind === 'Deployment').flatMap(({ spec }) => (spec as PodTemplate).template.spec.containers);
    assert.is(containers.length, 2);
    for (const { command, args } of containers) {
      assert.equal(command, ['smic']);
      const program = describeProgram().exitOverride();
      program.commands.forEach((below) => below.exitOverride().configureOutput({ writeErr: () => {} }));
      await program.parseAsync([...args], { from: 'user' });
    }
  });
}

test.run();
