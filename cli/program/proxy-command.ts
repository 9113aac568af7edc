import { Command, Option } from 'commander';
import { adminPort } from '../../compiler/envoy/names.ts';
import { addressText, defaultAdminAddress } from '../../server/serve-options.ts';
import { parseEnvoyAdmin } from '../proxy/envoy-admin.ts';
import { adminPath, envoyAdmin, nonEmpty, proxyName, typeList, url } from './argument-parsers.ts';
import { outputOption } from './kube-options.ts';
import { type ProxyActions, type ProxyConfigFlags, type ProxyGetFlags, type ProxyTable, type ProxyTableFlags, proxyTables } from './proxy-flags.ts';

const defaultAdmin = `http://127.0.0.1:${adminPort}`;

const tables: Readonly<Record<ProxyTable, string>> = {
  listeners: 'Shows a line for each filter chain: what a connection must be like to be taken by it, where it leads, and the objects that it comes from.',
  clusters: 'Shows the clusters: how their endpoints are found, what is asked for in TLS, and who they must be by certificate.',
  routes: 'Shows a line for each route: hosts, path, where it leads, and the objects that it comes from: first those that it was made for, then the policies that let requests pass.',
  endpoints: 'Shows the addresses that each cluster is balanced over, and what Envoy knows of their health.',
  secrets: 'Shows the certificates that the sidecar has and trusts, and until when. Never a private key.',
};

/** `smic proxy` and the commands below it. */
export function proxyCommand(actions: ProxyActions): Command {
  const command = new Command('proxy')
    .summary('look into a sidecar')
    .description("Asks a sidecar's Envoy what it holds, by its admin interface, and changes nothing there. With --artifact or --server the objects that it comes from have their file and line.");
  proxyTables.forEach((name) => command.addCommand(tableCommand(name, actions)));
  return command.addCommand(configCommand(actions)).addCommand(getCommand(actions));
}

function tableCommand(name: ProxyTable, actions: ProxyActions): Command {
  return addServedOptions(addAdminOption(new Command(name)))
    .summary(`show its ${name}`)
    .description(tables[name])
    .addOption(outputOption(['table', 'json', 'yaml']))
    .action((flags: ProxyTableFlags) => actions.table(name, flags));
}

function configCommand(actions: ProxyActions): Command {
  return addServedOptions(addAdminOption(new Command('config')))
    .summary('show its configuration, or what differs from what smic serves')
    .description(
      'Prints what Envoy uses, in one form whatever its version: sorted, without times and versions, and without private keys. With --diff it compares that with what smic serves, and shows what differs: lines with - are what Envoy holds, those with + what it would be served. The exit code is 0 if they are the same, 1 if they differ, 2 if that could not be told.',
    )
    .addOption(new Option('--diff', 'compare with what smic serves'))
    .addOption(new Option('-t, --types <TYPES>', 'only these types: listener,cluster,route,endpoint,secret').argParser(typeList))
    .addOption(new Option('-o, --output <FORMAT>', 'how to print the configuration').choices(['json', 'yaml']).default('yaml'))
    .action((flags: ProxyConfigFlags) => actions.config(flags));
}

function getCommand(actions: ProxyActions): Command {
  return addAdminOption(new Command('get'))
    .argument('<PATH>', 'a page of the admin interface, as /stats?filter=rbac, /certs or /ready', adminPath)
    .summary('get a page of its admin interface')
    .description('Prints a page of the admin interface as Envoy answers it, but for private keys. Envoy changes nothing for such a query. The exit code is 1 where Envoy answers that it is not ready (status 503).')
    .action((path: string, flags: ProxyGetFlags) => actions.get(path, flags));
}

function addAdminOption(command: Command): Command {
  return command.addOption(new Option('--admin <URL>', "Envoy's admin interface: an address, or the path of a socket").argParser(envoyAdmin).default(parseEnvoyAdmin(defaultAdmin), defaultAdmin));
}

function addServedOptions(command: Command): Command {
  return command
    .addOption(new Option('--artifact <PATH>', 'what is served: the folder or the file of smic compile').argParser(nonEmpty).conflicts('server'))
    .addOption(new Option('--server <URL>', `or the admin endpoint of smic serve (with --diff: http://${addressText(defaultAdminAddress)} if neither is given)`).argParser(url))
    .addOption(new Option('--proxy <NAMESPACE/CLASS>', "the proxy class (default: the sidecar's own)").argParser(proxyName));
}
