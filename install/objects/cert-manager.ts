import { names } from '../../webhook/names.ts';
import type { Manifest } from '../manifest.ts';
import type { Settings } from '../settings.ts';
import { namespaced } from './labels.ts';

const selfSigned = 'smic-webhook-selfsigned';

/** cert-manager keeps a CA for the webhook and the webhook's certificate, and puts the CA into the webhook configurations. */
export function certManagerObjects(settings: Settings): readonly Manifest[] {
  const { namespace, clusterDomain } = settings;
  const service = `${names.webhook}.${namespace}.svc`;
  return [
    issuer(settings, selfSigned, { selfSigned: {} }),
    certificate(settings, names.webhookAuthority, {
      isCA: true,
      commonName: 'smic webhook CA',
      duration: '87600h',
      // Its key stays: a renewed CA verifies what the one before has signed.
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Never' },
      issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: selfSigned },
    }),
    issuer(settings, names.webhookAuthority, { ca: { secretName: names.webhookAuthority } }),
    certificate(settings, names.webhookCertificate, {
      dnsNames: [service, `${service}.${clusterDomain}`],
      duration: '2160h',
      usages: ['digital signature', 'server auth'],
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: names.webhookAuthority },
    }),
  ];
}

/** By which cert-manager finds webhook configurations that want its CA. */
export function caInjection({ namespace }: Settings): Readonly<Record<string, string>> {
  return { 'cert-manager.io/inject-ca-from': `${namespace}/${names.webhookCertificate}` };
}

function issuer(settings: Settings, name: string, spec: object): Manifest {
  return { apiVersion: 'cert-manager.io/v1', kind: 'Issuer', metadata: namespaced(settings, name), spec };
}

function certificate(settings: Settings, name: string, spec: object): Manifest {
  return { apiVersion: 'cert-manager.io/v1', kind: 'Certificate', metadata: namespaced(settings, name), spec: { secretName: name, ...spec } };
}
