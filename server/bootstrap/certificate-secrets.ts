import type { ConfigSource, Secret } from '../../compiler/envoy/generated/api.ts';

/** Files in the folder of the certificate by which a sidecar speaks to the server. Named as in Kubernetes' TLS secrets. */
export const certificateFile = 'tls.crt';
export const privateKeyFile = 'tls.key';
export const trustBundleFile = 'ca.crt';

export const certificateSecret = 'xds-certificate';
export const trustSecret = 'xds-trust-bundle';

/** Where Envoy reads the secret of this name: a file in `folder`, read again when something is renamed into the folder. */
export function secretSource(folder: string, name: string): ConfigSource {
  return {
    path_config_source: { path: `${folder}/${name}.json`, watched_directory: { path: folder } },
    resource_api_version: 'V3',
  };
}

/**
 * File-based SDS: file names and their JSON, to be written beside the bootstrap. They name the PEM files in
 * `certificates`, which are read again when something is renamed into that folder, as Kubernetes does with a mounted Secret.
 */
export function secretFiles(certificates: string): Readonly<Record<string, object>> {
  const watched = { watched_directory: { path: certificates } };
  const own: Secret = {
    name: certificateSecret,
    tls_certificate: {
      certificate_chain: { filename: `${certificates}/${certificateFile}` },
      private_key: { filename: `${certificates}/${privateKeyFile}` },
      ...watched,
    },
  };
  const trust: Secret = {
    name: trustSecret,
    validation_context: { trusted_ca: { filename: `${certificates}/${trustBundleFile}` }, ...watched },
  };
  return { [`${certificateSecret}.json`]: discoveryResponse(own), [`${trustSecret}.json`]: discoveryResponse(trust) };
}

function discoveryResponse(secret: Secret): object {
  return { resources: [{ '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret', ...secret }] };
}
