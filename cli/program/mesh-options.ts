import { Option } from 'commander';
import { defaultOptions } from '../../compiler/options.ts';
import { dnsLabel, dnsName, labelValue, spiffeId } from './argument-parsers.ts';

/** `--mesh-name` */
export function meshNameOption(): Option {
  return new Option('--mesh-name <NAME>', 'name of the mesh, as namespaces carry it in openservicemesh.io/monitored-by').argParser(labelValue).default(defaultOptions.meshName);
}

/** `--mesh-namespace` */
export function meshNamespaceOption(): Option {
  return new Option('--mesh-namespace <NAMESPACE>', "the control plane's namespace").argParser(dnsLabel).default(defaultOptions.meshNamespace);
}

/** `--trust-domain` */
export function trustDomainOption(): Option {
  return new Option('--trust-domain <DOMAIN>', 'trust domain of the SPIFFE identities').argParser(dnsName).default(defaultOptions.trustDomain);
}

/** `--server-identity`; `of` says whose it is. */
export function serverIdentityOption(of = "the server's certificate"): Option {
  return new Option('--server-identity <SPIFFE ID>', `identity of ${of} (default: spiffe://TRUST-DOMAIN/ns/smic-system/sa/smic)`).argParser(spiffeId);
}
