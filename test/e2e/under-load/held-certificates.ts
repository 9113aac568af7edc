import { X509Certificate } from 'node:crypto';
import { certificatesOf } from '../../../server/certificates/pem.ts';
import type { Pod } from '../../../demo/rig/pod.ts';

/** What a sidecar holds and uses at this moment: serial numbers in hexadecimal, in lower case. */
export interface HeldCertificates {
  /** The certificate that it shows to other sidecars, once it does. */
  readonly workload: string | undefined;
  /** The one that it shows to the server. */
  readonly xds: string | undefined;
  /** The roots by which it judges other sidecars, and the server; sorted. */
  readonly workloadTrust: readonly string[];
  readonly xdsTrust: readonly string[];
}

interface SecretsDump {
  readonly configs: readonly {
    readonly name: string;
    readonly secret: {
      readonly tls_certificate?: { readonly certificate_chain: DataSource };
      readonly validation_context?: { readonly trusted_ca: DataSource };
    };
  }[];
}

interface DataSource {
  readonly inline_string?: string;
  readonly inline_bytes?: string;
}

interface UsedCertificates {
  readonly certificates: readonly Readonly<Record<'ca_cert' | 'cert_chain', readonly { readonly serial_number: string }[]>>[];
}

/** Asks the sidecar's admin interface. */
export async function heldCertificates(pod: Pod): Promise<HeldCertificates> {
  const dump = await read<SecretsDump>(pod, '/config_dump?resource=dynamic_active_secrets');
  const used = await read<UsedCertificates>(pod, '/certs');
  const inUse = new Set(used.certificates.flatMap(({ ca_cert: roots, cert_chain: chain }) => [...roots, ...chain]).map((certificate) => normal(certificate.serial_number)));
  const serials = (name: string): readonly string[] => {
    const secret = dump.configs.find((config) => config.name === name)?.secret;
    const source = secret?.tls_certificate?.certificate_chain ?? secret?.validation_context?.trusted_ca;
    const text = source?.inline_string ?? Buffer.from(source?.inline_bytes ?? '', 'base64').toString();
    return certificatesOf(text).map((der) => normal(new X509Certificate(der).serialNumber));
  };
  // Of a chain and a bundle `/certs` names the first.
  const shown = (name: string): string | undefined => serials(name).slice(0, 1).find((serial) => inUse.has(serial));
  return {
    workload: shown('workload-certificate'),
    xds: shown('xds-certificate'),
    workloadTrust: [...serials('trust-bundle')].sort(),
    xdsTrust: [...serials('xds-trust-bundle')].sort(),
  };
}

/** As `heldCertificates` has them. */
export function serialsOf(pem: string): readonly string[] {
  return certificatesOf(pem)
    .map((der) => normal(new X509Certificate(der).serialNumber))
    .sort();
}

async function read<T>(pod: Pod, path: string): Promise<T> {
  const { body } = await pod.admin(path);
  return JSON.parse(body) as T;
}

function normal(serial: string): string {
  return serial.toLowerCase().replace(/^0+/, '');
}
