import { Command, Option } from 'commander';
import { keyTypes } from '../../server/certificates/key-type.ts';
import { nonEmpty, repeatedDnsName, repeatedUrl, seconds, spiffeId, wholeDays } from './argument-parsers.ts';
import type { CaActions, CaInitFlags, CaIssueFlags, CaRotateFlags, CaShowFlags } from './ca-flags.ts';
import { addConnectionOptions, installationOption } from './kube-options.ts';

const folder = 'folder of the CA, which only its owner may open';

/** `smic ca` and the commands below it. */
export function caCommand(actions: CaActions): Command {
  return new Command('ca')
    .summary("keep the mesh's certificate authority")
    .description("Makes, shows and rotates the certificate authority whose folder smic serve works with, and issues certificates from it by hand.")
    .addCommand(initCommand(actions))
    .addCommand(issueCommand(actions))
    .addCommand(rotateCommand(actions))
    .addCommand(showCommand(actions));
}

function initCommand(actions: CaActions): Command {
  return addRootOptions(new Command('init').argument('<DIR>', folder))
    .summary('make a CA')
    .description('Makes a root, or takes one (or an intermediate with its chain) from files, and puts it into DIR. Refuses where there is a CA already.')
    .action((path: string, flags: CaInitFlags) => actions.init(path, flags));
}

function issueCommand(actions: CaActions): Command {
  return new Command('issue')
    .argument('<DIR>', folder)
    .summary('issue a certificate by hand')
    .description('Issues a certificate for an identity: for the connection between a sidecar and the server, or for a client of your own. Prints key and certificate unless --out is given.')
    .addOption(new Option('--identity <SPIFFE ID>', 'as spiffe://cluster.local/ns/bookstore/sa/bookbuyer').argParser(spiffeId).makeOptionMandatory())
    .addOption(new Option('--dns <NAME>', 'a DNS name that it also stands for; may be given several times').argParser(repeatedDnsName).default([], 'none'))
    .addOption(new Option('--lifetime <DURATION>', 'how long it lives, as 24h or 90m').argParser(seconds).default(86_400, '24h'))
    .addOption(new Option('--out <DIR>', 'write tls.crt, tls.key and ca.crt into this folder instead').argParser(nonEmpty))
    .action((path: string, flags: CaIssueFlags) => actions.issue(path, flags));
}

function rotateCommand(actions: CaActions): Command {
  const command = addRootOptions(new Command('rotate').argument('<DIR>', folder))
    .summary('replace the root, step by step')
    .description(
      'Trusts a new root, waits until every proxy does, lets it sign, waits until every certificate is of it, and drops the old one. Without --server and --live it shows the plan and changes nothing. With --live, smic install --ca carries each step into the cluster. What was begun and interrupted is carried on by the same command.',
    )
    .addOption(new Option('--server <URL>', "admin endpoint of a server, as http://127.0.0.1:9091; once for every server of the mesh").argParser(repeatedUrl).default([], 'none'))
    .addOption(new Option('--live', "ask all servers of the installation in a cluster, through the API server").conflicts('server'));
  return addConnectionOptions(command)
    .addOption(installationOption())
    .addOption(new Option('--settle <DURATION>', 'how long all proxies must have been ready before a step is made (default: 10s; with --live 1h, in which every pod renews the certificate of its own connection)').argParser(seconds))
    .addOption(new Option('--yes', 'do not ask before a step'))
    .addOption(new Option('--resume', 'carry on a rotation; do not begin one'))
    .addOption(new Option('--abort', 'take back a rotation whose new root has not signed yet').conflicts(['resume', 'yes']))
    .action((path: string, flags: CaRotateFlags) => actions.rotate(path, flags));
}

function showCommand(actions: CaActions): Command {
  return new Command('show')
    .argument('<DIR>', folder)
    .summary('show roots, their dates and what signs')
    .description('Lists what DIR holds: which CA signs, which roots are trusted and until when, and how far a rotation is.')
    .addOption(new Option('-o, --output <FORMAT>', 'print it as a document; pem: the trust bundle').choices(['json', 'pem']))
    .action((path: string, flags: CaShowFlags) => actions.show(path, flags));
}

function addRootOptions(command: Command): Command {
  return command
    .addOption(new Option('--certificate <FILE>', 'take this CA (PEM): the certificate that signs first, then those above it up to the root').argParser(nonEmpty))
    .addOption(new Option('--key <FILE>', 'its private key (PEM), RSA or ECDSA').argParser(nonEmpty))
    .addOption(new Option('--key-type <TYPE>', 'kind of the keys of a root that is made and, with init, of all leaves').choices([...keyTypes]).default('ecdsa'))
    .addOption(new Option('--days <DAYS>', 'how long a root that is made lives').argParser(wholeDays).default(3650));
}
