import { Command, Option } from 'commander';
import { defaultOptions } from '../../compiler/options.ts';
import { logLevels } from '../../server/log-level.ts';
import {
  addressText,
  defaultAddress,
  defaultAdminAddress,
  defaultDrainSeconds,
} from '../../server/serve-options.ts';
import { address, clusterDomain, dnsLabel, dnsName, labelValue, nonEmpty, podName, repeatedDnsName, seconds, spiffeId } from './argument-parsers.ts';
import { addConnectionOptions } from './kube-options.ts';
import { serverIdentityOption, trustDomainOption } from './mesh-options.ts';
import { repeatedProbe } from './repeated-probe.ts';
import type { BootstrapFlags, ServeActions, ServeFlags } from './serve-flags.ts';
import { statusCommand } from './status-command.ts';

/** `smic serve`, `smic status`, `smic bootstrap`. */
export function serveCommands(actions: ServeActions): readonly Command[] {
  return [serveCommand(actions), statusCommand(actions), bootstrapCommand(actions)];
}

function serveCommand(actions: ServeActions): Command {
  const command = new Command('serve')
    .argument('[ARTIFACT]', 'what smic compile wrote: the folder of --out or the file of --bundle')
    .summary('serve an artifact or a cluster to sidecars')
    .description('Serves an artifact to Envoys over xDS, by mutual TLS, and issues their certificates. A new artifact in the same place takes effect at once. With --endpoints kubernetes, the endpoints that the artifact leaves open come from a cluster; with --live, everything does. The log goes to standard error, as JSON. SIGTERM sends the sidecars elsewhere and ends; SIGHUP looks for a new artifact.')
    .addOption(new Option('--artifact <PATH>', 'the same as the argument').argParser(nonEmpty))
    .addOption(new Option('--live', 'compile what a cluster has, and again whenever it changes'))
    .addOption(new Option('--endpoints <SOURCE>', 'where endpoints come from that the artifact leaves open').choices(['artifact', 'kubernetes']).default('artifact'));
  return addConnectionOptions(command)
    .addOption(new Option('--mesh-name <NAME>', 'with a cluster: name of the mesh, as namespaces carry it in openservicemesh.io/monitored-by').argParser(labelValue).default(defaultOptions.meshName))
    .addOption(new Option('--mesh-namespace <NAMESPACE>', "with a cluster: the control plane's namespace").argParser(dnsLabel).default(defaultOptions.meshNamespace))
    .addOption(new Option('--cluster-domain <DOMAIN>', "with a cluster: its DNS domain").argParser(clusterDomain).default(defaultOptions.clusterDomain))
    .addOption(new Option('--ca <DIR>', 'folder of the CA, as smic ca init makes it').argParser(nonEmpty).makeOptionMandatory())
    .addOption(new Option('--listen <HOST:PORT>', 'where sidecars connect').argParser(address).default(defaultAddress, addressText(defaultAddress)))
    .addOption(new Option('--admin <HOST:PORT>', 'where health, metrics and status are asked for, without TLS').argParser(address).default(defaultAdminAddress, addressText(defaultAdminAddress)))
    .addOption(new Option('--trust-domain <DOMAIN>', "refuse artifacts of any other trust domain (default: that of the first artifact; with --live cluster.local)").argParser(dnsName))
    .addOption(new Option('--identity <SPIFFE ID>', "the server's own identity (default: spiffe://TRUST-DOMAIN/ns/smic-system/sa/smic)").argParser(spiffeId))
    .addOption(new Option('--dns <NAME>', "a DNS name in the server's certificate (default: smic.smic-system.svc and smic.smic-system.svc.cluster.local); may be given several times").argParser(repeatedDnsName).default([], 'none'))
    .addOption(new Option('--lifetime <DURATION>', 'how long certificates live, as 24h or 90m (default: as MeshConfig says, or 24h)').argParser(seconds))
    .addOption(new Option('--drain <DURATION>', 'how long sidecars have to go elsewhere when the server ends').argParser(seconds).default(defaultDrainSeconds, `${defaultDrainSeconds}s`))
    .addOption(new Option('--log-level <LEVEL>', 'what is logged').choices([...logLevels]).default('info'))
    .addOption(new Option('--enrolment <HOST:PORT>', "where pods exchange their service-account tokens for certificates, about which the cluster's API server is asked (default: nowhere)").argParser(address))
    .action((artifact: string | undefined, flags: ServeFlags) => actions.serve(artifact, flags));
}

function bootstrapCommand(actions: ServeActions): Command {
  return new Command('bootstrap')
    .argument('<NAMESPACE/POD>', 'the pod that the sidecar is for', podName)
    .summary("print a sidecar's bootstrap")
    .description("Prints what an Envoy must be started with (envoy -c) to get everything else from the server. Envoy reads its certificate for that connection by two small files (file-based SDS), so that it can be renewed: --out writes them beside bootstrap.json.")
    .addOption(new Option('--service-account <NAME>', "the pod's service account").argParser(dnsName).default('default'))
    .addOption(new Option('--server <HOST:PORT>', 'where smic serve listens').argParser(address).makeOptionMandatory())
    .addOption(serverIdentityOption())
    .addOption(trustDomainOption())
    .addOption(new Option('--certificates <DIR>', 'folder of tls.crt, tls.key and ca.crt, as smic ca issue --out writes them').argParser(nonEmpty).default('/etc/smic/certificates'))
    .addOption(new Option('--out <DIR>', 'write bootstrap.json, xds-certificate.json and xds-trust-bundle.json into this folder').argParser(nonEmpty))
    .addOption(new Option('--secrets <DIR>', 'folder that Envoy finds xds-certificate.json and xds-trust-bundle.json in (default: that of --out, else /etc/smic/secrets)').argParser(nonEmpty))
    .addOption(new Option('--protocol <PROTOCOL>', 'incremental xDS, or state of the world').choices(['delta', 'sotw']).default('delta'))
    .addOption(
      new Option(
        '--probe <KIND,CONTAINER,URL[,timeout=SECONDS][,period=SECONDS]>',
        "a container's probe, as liveness,app,http://:8080/healthz,timeout=5: liveness, readiness, startup, postStart or preStop; http://:PORT/PATH, https://:PORT/PATH, tcp://:PORT or grpc://:PORT/SERVICE; may be given several times",
      )
        .argParser(repeatedProbe)
        .default([], 'none'),
    )
    .addOption(new Option('--ipv6', 'listen on IPv6 too'))
    .addOption(new Option('-o, --output <FORMAT>', 'how to print it').choices(['json', 'yaml']).default('json'))
    .action((pod: string, flags: BootstrapFlags) => actions.bootstrap(pod, flags));
}
