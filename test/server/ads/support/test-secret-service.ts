import { messageNames } from '../../../../compiler/artifact/resource.ts';
import { sha256 } from '../../../../compiler/artifact/sha256.ts';
import { anyMessage } from '../../../../server/configuration/any-message.ts';
import { type ServedResource, servedResource } from '../../../../server/configuration/served-resource.ts';
import type { SecretService, StreamSecrets } from '../../../../server/secrets/secret-service.ts';
import { toBytes } from '../../../envoy/envoy-messages.ts';
import { testSecrets } from '../../../envoy/test-secrets.ts';
import { typeUrl } from '../../../envoy/type-url.ts';

/** A secret service with real keys and certificates, whose renewals a test asks for. */
export interface TestSecretService extends SecretService {
  /** `<identity> <name> <version>` */
  readonly accepted: readonly string[];
  readonly openStreams: () => number;
  /** Gives every open stream a new certificate; `broken`: one whose key is none. */
  renew(broken?: boolean): void;
  /** From now on `open` waits until this is called. */
  hold(): () => void;
  /** From now on `open` fails. */
  fail(): void;
}

const served = (name: string, bytes: Uint8Array): ServedResource => servedResource('secret', name, sha256(bytes), anyMessage(typeUrl('secret'), bytes), []);

let broken = 0;

function brokenCertificate(): Uint8Array {
  broken += 1;
  const inline = { inline_string: `no certificate, number ${broken}` };
  return toBytes(messageNames.secret, { name: 'workload-certificate', tls_certificate: { certificate_chain: inline, private_key: inline } });
}

export function testSecretService(): TestSecretService {
  const root = served('trust-bundle', testSecrets().get('trust-bundle') ?? new Uint8Array());
  const own = (): ServedResource => served('workload-certificate', testSecrets().get('workload-certificate') ?? new Uint8Array());
  const streams = new Map<StreamSecrets, { readonly identity: string; readonly renew: (broken: boolean) => void }>();
  const accepted: string[] = [];
  let held: Promise<void> = Promise.resolve();
  let failing = false;
  return {
    accepted,
    openStreams: () => streams.size,
    async open(identity, changed) {
      await held;
      if (failing) {
        throw new Error('the CA is asleep');
      }
      let current = new Map([root, own()].map((secret) => [secret.name, secret]));
      const secrets: StreamSecrets = { current: () => current, close: () => streams.delete(secrets) };
      const renew = (broken: boolean): void => {
        const certificate = broken ? served('workload-certificate', brokenCertificate()) : own();
        current = new Map([root, certificate].map((secret) => [secret.name, secret]));
        changed(['workload-certificate']);
      };
      streams.set(secrets, { identity, renew });
      return secrets;
    },
    acknowledged(stream, name, version) {
      accepted.push(`${streams.get(stream)?.identity} ${name} ${version}`);
    },
    renew: (broken = false) => streams.forEach(({ renew }) => renew(broken)),
    hold() {
      let release = (): void => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    fail() {
      failing = true;
    },
  };
}
