import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changeState, createCaFolder, parseAuthority, readCaFolder } from '../../server/certificates/ca-folder.ts';
import { abort, type CaState, dropOld, type RotationStage, signWithNew, stageOf, trustAlso } from '../../server/certificates/ca-state.ts';
import { CertificateError } from '../../server/certificates/certificate-error.ts';
import { type InternalCa, openInternalCA } from '../../server/certificates/internal-ca.ts';
import { type AuthorityFiles, makeRoot } from '../../server/certificates/make-root.ts';
import { abortRotation, rotateRoot, type RotationNeeds } from '../../server/rotation/rotate-root.ts';
import type { StreamSecrets } from '../../server/secrets/secret-service.ts';
import { createSecretService, type WorkloadSecrets } from '../../server/secrets/workload-secrets.ts';
import { inFolder } from './in-folder.ts';
import { createTestClock, type TestClock } from './test-clock.ts';
import { type TrackedIssuer, trackedIssuer } from './tracked-issuer.ts';

const identity = 'spiffe://cluster.local/ns/bookstore/sa/bookbuyer';

/** A server with proxies that acknowledge what they get when they are told to. */
interface Replica {
  readonly ca: InternalCa;
  readonly issuer: TrackedIssuer;
  readonly service: WorkloadSecrets;
  readonly streams: StreamSecrets[];
  /** Proxies that don't answer. */
  readonly asleep: Set<StreamSecrets>;
  acknowledge(): void;
}

async function startReplica(folder: string, clock: TestClock, count: number): Promise<Replica> {
  const ca = await openInternalCA(folder, clock);
  const issuer = trackedIssuer(ca);
  const service = createSecretService(issuer, clock, {});
  const streams = await Promise.all(Array.from({ length: count }, async (_, index) => service.open(`${identity}-${index}`, () => {})));
  const asleep = new Set<StreamSecrets>();
  const acknowledge = (): void => {
    for (const secrets of streams.filter((stream) => !asleep.has(stream))) {
      for (const [name, { version }] of secrets.current()) {
        service.acknowledged(secrets, name, version);
      }
    }
  };
  acknowledge();
  return { ca, issuer, service, streams, asleep, acknowledge };
}

interface Mesh {
  readonly folder: string;
  readonly clock: TestClock;
  readonly replicas: readonly Replica[];
  /** What a rotation needs, and what it has told. */
  needs(changes?: Partial<RotationNeeds>): RotationNeeds;
  readonly told: string[];
  /** Lets everything come to rest, and proxies acknowledge. */
  rest(): Promise<void>;
  /** 'waiting', in so many simulated milliseconds. */
  after(milliseconds: number): Promise<'waiting'>;
  /** Runs `work` while time goes by, until it's done or a simulated hour is over. */
  whileTimePasses<T>(work: Promise<T>, each?: () => void): Promise<T | 'too long'>;
}

async function inMesh(use: (mesh: Mesh) => Promise<void>): Promise<void> {
  const clock = createTestClock();
  const first = await makeRoot('ecdsa', 3650, clock);
  await inFolder(async (folder) => {
    await createCaFolder(folder, first, 'ecdsa');
    const replicas = await Promise.all([startReplica(folder, clock, 5), startReplica(folder, clock, 3)]);
    const told: string[] = [];
    const rest = async (): Promise<void> => {
      // Instead of waiting for the notice that the folder has changed.
      await Promise.all(replicas.map(async ({ ca, issuer, acknowledge }) => {
        await ca.reload();
        await issuer.idle();
        acknowledge();
      }));
    };
    const mesh: Mesh = {
      folder,
      clock,
      replicas,
      told,
      rest,
      needs: (changes) => ({
        clock,
        newAuthority: async () => makeRoot('ecdsa', 3650, clock),
        ask: async () => replicas.map(({ service }, index) => ({ server: `server-${index}`, status: service.status(), uptime: 60_000 })),
        settle: 10_000,
        confirm: async () => true,
        onProgress: (progress) => told.push(progress.what === 'stage' ? progress.stage : progress.result.lines.join('; ')),
        ...changes,
      }),
      after: async (milliseconds) => new Promise((resolve) => clock.at(clock.now() + milliseconds, () => resolve('waiting'))),
      async whileTimePasses(work, each = () => {}) {
        const result: { value?: Awaited<typeof work>; done: boolean } = { done: false };
        void work.then((value) => Object.assign(result, { value, done: true }), () => (result.done = true));
        for (let second = 0; second < 3600; second += 1) {
          await rest();
          each();
          if (result.done) {
            return work;
          }
          await clock.advance(1000, rest);
        }
        return 'too long';
      },
    };
    try {
      await use(mesh);
    } finally {
      replicas.forEach(({ service, ca }) => (service.close(), ca.close()));
    }
  });
}

const stageIn = async (folder: string): Promise<RotationStage> => stageOf((await readCaFolder(folder)).state);

/** Which roots a proxy trusts, and which one its certificate is of, by what it holds. */
function held(secrets: StreamSecrets): { readonly trusts: readonly string[]; readonly issuer: string } {
  const certificates = (name: string): readonly X509Certificate[] =>
    [...Buffer.from(secrets.current().get(name)?.any ?? []).toString('latin1').matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(([pem]) => new X509Certificate(pem));
  return { trusts: certificates('trust-bundle').map(({ subject }) => subject), issuer: certificates('workload-certificate')[0]?.issuer ?? '' };
}

test('the root is replaced in stages, and at every moment every proxy trusts the certificate of every other', async () => {
  await inMesh(async (mesh) => {
    const { folder, replicas } = mesh;
    const [before] = (await readCaFolder(folder)).trusted;
    const stages = new Set<string>();
    const check = (): void => {
      // What proxies hold, not what servers have: acknowledged at rest.
      const all = replicas.flatMap(({ streams }) => streams).map(held);
      for (const { issuer } of all) {
        assert.ok(all.every(({ trusts }) => trusts.includes(issuer)));
      }
      stages.add(`${new Set(all.map(({ issuer }) => issuer)).size} ${all[0]?.trusts.length}`);
    };
    assert.is(await mesh.whileTimePasses(rotateRoot(folder, mesh.needs()), check), 'done');
    check();
    assert.equal([...stages].sort(), ['1 1', '1 2', '2 2']);
    const after = await readCaFolder(folder);
    assert.is(after.trusted.length, 1);
    assert.is.not(after.trusted[0]?.id, before?.id);
    assert.equal(readdirSync(folder).sort(), [`${after.signing.id.slice(0, 16)}.crt`, `${after.signing.id.slice(0, 16)}.key`, 'ca.json'].sort());
    for (const { streams, service } of replicas) {
      assert.is(service.status().issuerId, after.signing.id);
      assert.ok(streams.every((stream) => held(stream).trusts.length === 1));
    }
    assert.equal(mesh.told.filter((line) => /^(none|trust|replace)$/.test(line)), ['none', 'trust', 'replace', 'none']);
    assert.ok(mesh.told.some((line) => /server-0: 5 of 5 proxies have acknowledged both roots/.test(line)));
  });
});

test('a proxy that does not acknowledge holds up the rotation, and is named', async () => {
  await inMesh(async (mesh) => {
    const { folder, replicas } = mesh;
    const [replica] = replicas;
    const sleeper = replica?.streams[2];
    assert.ok(replica && sleeper);
    replica.asleep.add(sleeper);
    const rotation = rotateRoot(folder, mesh.needs());
    assert.is(await mesh.whileTimePasses(Promise.race([rotation, mesh.after(120_000)])), 'waiting');
    assert.is(await stageIn(folder), 'trust');
    assert.match(mesh.told.at(-1) ?? '', `server-0: 4 of 5 proxies have acknowledged both roots; waits for ${identity}-2; server-1: 3 of 3`);
    replica.asleep.clear();
    assert.is(await mesh.whileTimePasses(rotation), 'done');
  });
});

test('a server that does not answer, has not read the folder or has just come up, or none at all: the gate stays closed', async () => {
  await inMesh(async (mesh) => {
    const { folder, replicas } = mesh;
    const waits = async (ask: RotationNeeds['ask'], words: RegExp): Promise<void> => {
      let ended = false;
      const asked = mesh.needs({ ask: async () => (ended ? Promise.reject(new Error('end of the test')) : ask()) });
      const rotation = rotateRoot(folder, asked).catch(String);
      assert.is(await mesh.whileTimePasses(Promise.race([rotation, mesh.after(60_000)])), 'waiting');
      assert.is(await stageIn(folder), 'trust');
      assert.match(mesh.told.at(-1) ?? '', words);
      ended = true;
      assert.match(await mesh.whileTimePasses(rotation), 'end of the test');
    };
    const answers = async (): ReturnType<RotationNeeds['ask']> => replicas.map(({ service }, index) => ({ server: `server-${index}`, status: service.status(), uptime: 60_000 }));
    const old = await answers();
    await waits(async () => [], /^$/);
    await waits(async () => [...(await answers()), { server: 'server-2', status: new Error('does not answer (ECONNREFUSED)') }], /server-2: does not answer \(ECONNREFUSED\)/);
    await waits(async () => (await answers()).map((answer) => ({ ...answer, uptime: 5_000 })), /server-1: 3 of 3 .*, but it has been there for 5 seconds only/);
    await waits(async () => old, /server-0: has not read this stage from its CA folder yet/);
  });
});

test('a gate must stay open for as long as it takes to settle', async () => {
  await inMesh(async (mesh) => {
    const { clock, folder } = mesh;
    let first: number | undefined;
    let closedOnce = false;
    const needs = mesh.needs();
    const ask = async (): ReturnType<RotationNeeds['ask']> => {
      const answers = await needs.ask();
      first ??= clock.now();
      const since = clock.now() - first;
      if (since >= 8_000 && !closedOnce) {
        closedOnce = true;
        return [...answers, { server: 'blink', status: new Error('away') }];
      }
      return answers;
    };
    let signedAt = 0;
    const confirm = async (stage: RotationStage): Promise<boolean> => {
      if (stage === 'trust') {
        signedAt = clock.now();
      }
      return stage !== 'trust';
    };
    assert.is(await mesh.whileTimePasses(rotateRoot(folder, { ...needs, ask, confirm })), 'stopped');
    assert.ok(closedOnce);
    assert.ok(signedAt - (first ?? 0) >= 18_000);
    assert.is(await stageIn(folder), 'trust');
  });
});

test('what is stopped or crashes at any point goes on from there', async () => {
  await inMesh(async (mesh) => {
    const { folder } = mesh;
    let begun = 0;
    const newAuthority = async (): Promise<AuthorityFiles> => {
      begun += 1;
      return makeRoot('ecdsa', 3650, mesh.clock);
    };
    for (const [stage, before] of [['none', 'none'], ['trust', 'trust'], ['replace', 'replace']] as const) {
      // It refuses to leave the stage …
      assert.is(await mesh.whileTimePasses(rotateRoot(folder, mesh.needs({ newAuthority, confirm: async (at) => at !== stage }))), 'stopped');
      assert.is(await stageIn(folder), before);
      // … or dies while it asks, with a half-written file left behind.
      await mesh.whileTimePasses(rotateRoot(folder, mesh.needs({ newAuthority, confirm: async (at) => (at === stage ? Promise.reject(new Error('killed')) : true) })).catch(() => 'killed'));
      writeFileSync(join(folder, 'ca.json.new'), '{"format":', { mode: 0o600 });
      writeFileSync(join(folder, '0123456789abcdef.key.new'), 'half', { mode: 0o600 });
      assert.is(await stageIn(folder), before);
      await mesh.rest();
    }
    assert.is(await mesh.whileTimePasses(rotateRoot(folder, mesh.needs({ newAuthority }))), 'done');
    assert.is(begun, 1);
    assert.is(readdirSync(folder).length, 3);
  });
});

test('every write of a rotation may be the last: the folder can be opened after each, and the rotation carried on', async () => {
  // Each step is a row of renames, ca.json's being the one that counts. Here the folder is put together as it is between them.
  await inMesh(async ({ folder, clock }) => {
    const fresh = await makeRoot('ecdsa', 3650, clock);
    const { state } = await readCaFolder(folder);
    const { id } = parseAuthority(fresh);
    writeFileSync(join(folder, `${id.slice(0, 16)}.key`), fresh.privateKey, { mode: 0o600 });
    assert.is(stageOf((await readCaFolder(folder)).state), 'none');
    writeFileSync(join(folder, `${id.slice(0, 16)}.crt`), fresh.certificates, { mode: 0o600 });
    assert.is(stageOf((await readCaFolder(folder)).state), 'none');
    await changeState(folder, (now) => trustAlso(now, id), fresh);
    await changeState(folder, signWithNew);
    // The old one's files are still there when ca.json no longer names them.
    const old = state.signing.slice(0, 16);
    const kept = ['crt', 'key'].map((extension) => [`${old}.${extension}`, readFileSync(join(folder, `${old}.${extension}`))] as const);
    await changeState(folder, dropOld);
    kept.forEach(([name, content]) => writeFileSync(join(folder, name), content, { mode: 0o600 }));
    const after = await readCaFolder(folder);
    assert.equal(after.state.trusted, [id]);
    // The next change removes them.
    await changeState(folder, (now) => now);
    assert.is(readdirSync(folder).length, 3);
  });
});

test('a rotation can be taken back until the new root signs, and not after', async () => {
  await inMesh(async (mesh) => {
    const { folder, replicas } = mesh;
    const { state } = await readCaFolder(folder);
    await rejects(abortRotation(folder), /no rotation is going on/);
    await mesh.whileTimePasses(rotateRoot(folder, mesh.needs({ confirm: async (stage) => stage === 'none' })));
    await mesh.rest();
    assert.ok(replicas.every(({ streams }) => streams.every((stream) => held(stream).trusts.length === 2)));
    await abortRotation(folder);
    await mesh.rest();
    assert.equal((await readCaFolder(folder)).state, state);
    assert.is(readdirSync(folder).length, 3);
    assert.ok(replicas.every(({ streams }) => streams.every((stream) => held(stream).trusts.length === 1)));
    await mesh.whileTimePasses(rotateRoot(folder, mesh.needs({ confirm: async (stage) => stage !== 'replace' })));
    await rejects(abortRotation(folder), /the new root signs already/);
    assert.is(await stageIn(folder), 'replace');
  });
});

test('who rotates while another takes it back hears of that, and two who rotate at once make each step once', async () => {
  await inMesh(async (mesh) => {
    const { folder } = mesh;
    const aborted = rotateRoot(folder, mesh.needs({ confirm: async (stage) => (stage === 'trust' && (await abortRotation(folder)), true) }));
    assert.is(await mesh.whileTimePasses(aborted), 'aborted');
    assert.is(await stageIn(folder), 'none');
    const { signing } = await readCaFolder(folder);
    const both = Promise.all([rotateRoot(folder, mesh.needs()), rotateRoot(folder, mesh.needs())]);
    assert.equal(await mesh.whileTimePasses(both), ['done', 'done']);
    const after = await readCaFolder(folder);
    assert.is.not(after.signing.id, signing.id);
    assert.is(readdirSync(folder).length, 3);
  });
});

test('states: only the next step can be made', () => {
  const [a, b, c] = ['a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)];
  const none: CaState = { leafKeys: 'ecdsa', signing: a, trusted: [a] };
  const trust = trustAlso(none, b);
  const replace = signWithNew(trust);
  assert.equal([none, trust, replace, dropOld(replace), abort(trust)].map(stageOf), ['none', 'trust', 'replace', 'none', 'none']);
  assert.equal(abort(trust), none);
  assert.equal(dropOld(replace), { ...none, signing: b, trusted: [b] });
  for (const wrong of [() => trustAlso(trust, c), () => trustAlso(none, a), () => signWithNew(none), () => signWithNew(replace), () => dropOld(none), () => dropOld(trust), () => abort(none), () => abort(replace)]) {
    assert.throws(wrong, (error: unknown) => error instanceof CertificateError);
  }
});

test('a server follows its folder without being told', async () => {
  await inMesh(async ({ folder, replicas }) => {
    const heard = Promise.all(replicas.map(async ({ ca }) => new Promise<void>((resolve) => ca.onChange(resolve))));
    const fresh = await makeRoot('ecdsa', 3650, createTestClock());
    await changeState(folder, (state) => trustAlso(state, parseAuthority(fresh).id), fresh);
    // The watch doesn't keep the process alive.
    const alive = setInterval(() => {}, 1000);
    await heard;
    clearInterval(alive);
    assert.ok(replicas.every(({ ca }) => ca.trustBundle().split('BEGIN CERTIFICATE').length === 3));
  });
});

async function rejects(promise: Promise<unknown>, words: RegExp): Promise<void> {
  const error = await promise.then(() => undefined, (reason: unknown) => reason);
  assert.instance(error, CertificateError);
  assert.match(String(error), words);
}

test.run();
