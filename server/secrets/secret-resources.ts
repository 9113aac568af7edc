import { sha256 } from '../../compiler/artifact/sha256.ts';
import { messageNames } from '../../compiler/artifact/resource.ts';
import { createEncoder } from '../../compiler/encode/encoder.ts';
import { trustBundle, workloadCertificate } from '../../compiler/envoy/names.ts';
import type { IssuedCertificate } from '../certificates/issuer.ts';
import { type ServedResource, servedResource } from '../configuration/served-resource.ts';

const encoder = createEncoder();

/** `trust-bundle`: whom to trust. PEM. */
export function trustBundleResource(bundle: string): ServedResource {
  return resource(trustBundle, { validation_context: { trusted_ca: { inline_string: bundle } } }, sha256(Buffer.from(bundle)));
}

/** `workload-certificate`: a certificate and its key. The version is a digest of the certificate only: none of the key gets into logs and metrics. */
export function workloadCertificateResource({ chain, privateKey }: IssuedCertificate): ServedResource {
  const content = { tls_certificate: { certificate_chain: { inline_string: chain }, private_key: { inline_string: privateKey } } };
  const made = resource(workloadCertificate, content, sha256(Buffer.from(chain)));
  // The encoder's buffer holds what was encoded last: let that not be a key.
  resource('', { validation_context: { trusted_ca: { inline_string: ' '.repeat(made.any.length) } } }, '');
  return made;
}

function resource(name: string, content: object, version: string): ServedResource {
  const any = encoder.encode('google.protobuf.Any', { '@type': `type.googleapis.com/${messageNames.secret}`, name, ...content });
  const served = servedResource('secret', name, version, [any], []);
  // It may have held a key.
  any.fill(0);
  return served;
}
