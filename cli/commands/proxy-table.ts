import { exitCode, type ExitCode } from '../exit-code.ts';
import { Failure } from '../failure.ts';
import type { ProxyTable, ProxyTableFlags } from '../program/proxy-flags.ts';
import { askEnvoyJson } from '../proxy/envoy-admin.ts';
import { askForDump } from '../proxy/envoy-dump.ts';
import { servedBy } from '../proxy/served-configuration.ts';
import { placeFinder } from '../proxy/source-objects.ts';
import { clusterRows, clusterView } from '../proxy/views/clusters.ts';
import { endpointRows, endpointView } from '../proxy/views/endpoints.ts';
import { listenerRows, listenerView } from '../proxy/views/listeners.ts';
import { routeRows, routeView } from '../proxy/views/routes.ts';
import { secretRows, secretView } from '../proxy/views/secrets.ts';
import { type View, type ViewRow, viewTable } from '../proxy/views/view.ts';
import { show } from '../terminal/show.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `smic proxy listeners` and its like. */
export async function proxyTableCommand(terminal: Terminal, name: ProxyTable, flags: ProxyTableFlags): Promise<ExitCode> {
  if (flags.proxy !== undefined && flags.artifact === undefined && flags.server === undefined) {
    throw new Failure('--proxy is given, but neither --artifact nor --server', 'It names a proxy class of what is served.');
  }
  const dump = await askForDump(flags.admin);
  const places = placeFinder(await servedBy(flags, dump));
  const print = async <Row extends ViewRow>(view: View<Row>, rows: readonly Row[]): Promise<void> => {
    if (rows.length === 0 && flags.output === 'table') {
      return terminal.err.write(`this Envoy has no ${name}\n`);
    }
    await show(terminal.out, flags.output, { document: rows, text: () => viewTable(view, rows) });
  };
  const tables: Readonly<Record<ProxyTable, () => Promise<void>>> = {
    listeners: () => print(listenerView, listenerRows(dump, places)),
    clusters: () => print(clusterView, clusterRows(dump, places)),
    routes: () => print(routeView, routeRows(dump, places)),
    endpoints: async () => print(endpointView, endpointRows(dump, await askEnvoyJson(flags.admin, '/clusters?format=json'), places)),
    secrets: () => print(secretView, secretRows(dump)),
  };
  await tables[name]();
  return exitCode.yes;
}
