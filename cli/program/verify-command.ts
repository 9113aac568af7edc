import { Command, InvalidArgumentError, Option } from 'commander';
import type { ResultFormat } from '../checkup/print-results.ts';
import { url } from './argument-parsers.ts';
import { addConnectionOptions, type ConnectionFlags, installationOption, namespaceOption, outputOption } from './kube-options.ts';

/** A pod, or a Service and whatever stands behind it. */
export interface Target {
  readonly kind: 'pod' | 'service';
  /** Undefined: that of `-n`, or of the kubeconfig's context. */
  readonly namespace: string | undefined;
  readonly name: string;
}

export interface ConnectivityFlags extends ConnectionFlags {
  readonly from: Target;
  readonly to: Target;
  readonly port?: number;
  readonly method?: string;
  readonly path?: string;
  readonly header?: Readonly<Record<string, string>>;
  readonly namespace?: string;
  readonly installation: string;
  readonly server?: string;
  readonly output: ResultFormat;
}

/** What the commands below `smic verify` do. */
export interface VerifyActions {
  connectivity(flags: ConnectivityFlags): Promise<void>;
}

/** `smic verify` and the command below it. */
export function verifyCommand(actions: VerifyActions): Command {
  return new Command('verify').summary('find out why something works, or does not').description('Finds out, by what a cluster says, whether something works in the mesh, and why not.').addCommand(connectivityCommand(actions));
}

function connectivityCommand(actions: VerifyActions): Command {
  return addConnectionOptions(new Command('connectivity'))
    .summary('whether one pod may call another')
    .description(
      "Says whether policy lets one pod call another, or a Service, and by which rule; whether both have sidecars; and, if the server can be asked, whether these have certificates and all that was sent to them. Nothing is sent through the mesh: the verdict is the compiler's, of the objects in the cluster.",
    )
    .addOption(new Option('--from <[NAMESPACE/]POD>', 'the pod that calls').argParser(podTarget).makeOptionMandatory())
    .addOption(new Option('--to <[NAMESPACE/]POD>', 'the pod that is called, or a Service: [NAMESPACE/]svc/NAME').argParser(target).makeOptionMandatory())
    .addOption(new Option('--port <PORT>', "the Service's port (default: all)").argParser(portNumber))
    .addOption(new Option('--method <METHOD>', 'of the request, as GET (default: not said)').argParser(methodName))
    .addOption(new Option('--path <PATH>', 'of the request, as /books (default: not said)').argParser(requestPath))
    .addOption(new Option('--header <NAME: VALUE>', 'of the request; may be given several times, and then no other header is there (default: not said)').argParser(header))
    .addOption(namespaceOption("of a pod or Service that is named without one (default: that of the kubeconfig's context)"))
    .addOption(installationOption())
    .addOption(new Option('--server <URL>', "a server's admin endpoint (default: each of the installation's, through the API server)").argParser(url))
    .addOption(outputOption(['table', 'wide', 'json', 'yaml'], 'wide: also what was found where all is well'))
    .action((flags: ConnectivityFlags) => actions.connectivity(flags));
}

/** `[NAMESPACE/][KIND/]NAME`. Of two parts the first is a kind where it is the name of one, as with kubectl. */
function target(value: string): Target {
  const [, namespace, kind = 'pod', name] = /^(?:([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)\/)??(?:(po|pod|pods|svc|service|services)\/)?([a-z0-9](?:[-.a-z0-9]*[a-z0-9])?)$/.exec(value) ?? [];
  if (name === undefined) {
    throw new InvalidArgumentError('Write NAMESPACE/POD, as bookstore/bookstore-v1-5d8f, or NAMESPACE/svc/NAME; the namespace may be left to -n.');
  }
  return { kind: kind.startsWith('s') ? 'service' : 'pod', namespace, name };
}

function podTarget(value: string): Target {
  const pod = target(value);
  if (pod.kind !== 'pod') {
    throw new InvalidArgumentError('Who calls is a pod.');
  }
  return pod;
}

function portNumber(value: string): number {
  if (!/^[1-9]\d{0,4}$/.test(value) || Number(value) > 65_535) {
    throw new InvalidArgumentError('It is not a port (1 to 65535).');
  }
  return Number(value);
}

function methodName(value: string): string {
  if (!/^[A-Za-z]+$/.test(value)) {
    throw new InvalidArgumentError('It is not a method, as GET.');
  }
  return value.toUpperCase();
}

function requestPath(value: string): string {
  if (!/^\/[!-~]*$/.test(value)) {
    throw new InvalidArgumentError('It is not a path, as /books/new.');
  }
  // Rules are about the path alone.
  return value.replace(/[?#].*$/, '');
}

function header(value: string, previous: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const [, name, text] = /^([-!#$%&'*+.^_`|~\w]+):\s*(.*)$/.exec(value) ?? [];
  if (name === undefined || text === undefined) {
    throw new InvalidArgumentError("It is not a header, as 'client-app: bookbuyer'.");
  }
  return { ...previous, [name.toLowerCase()]: text };
}
