import { Command, Option } from 'commander';
import { levels } from '../report/report.ts';
import { agentCommand } from './agent-command.ts';
import { nonEmpty, proxyName, typeList } from './argument-parsers.ts';
import { caCommand } from './ca-command.ts';
import { demoCommand } from './demo-command.ts';
import { examples } from './examples.ts';
import type { Actions, CompileFlags, LintFlags, VersionFlags } from './flags.ts';
import { injectCommand } from './inject-command.ts';
import { addInputOptions } from './input-options.ts';
import { installCommands } from './install-commands.ts';
import { operateCommands } from './operate-commands.ts';
import { proxyCommand } from './proxy-command.ts';
import { serveCommands } from './serve-commands.ts';
import { webhookCommand } from './webhook-command.ts';
import { snapshotCommand } from './snapshot-command.ts';

/** The whole command line as data: what it parses, and what help, completion and docs/cli.md are made from. */
export function createProgram(actions: Actions): Command {
  const program = new Command('smic')
    .description('Compiles Service Mesh Interface policy and a cluster snapshot into Envoy configuration.')
    .helpCommand('help [COMMAND]', 'show the help of a command')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', '\nExit codes: 0 yes, 1 no (findings, drift), 2 no answer (bad flags, unreadable input).');
  program.addCommand(compileCommand(actions));
  program.addCommand(lintCommand(actions));
  program.addCommand(explainCommand(actions));
  program.addCommand(snapshotCommand((flags) => actions.snapshot(flags)));
  serveCommands(actions).forEach((command) => program.addCommand(command));
  program.addCommand(injectCommand(actions));
  installCommands(actions).forEach((command) => program.addCommand(command));
  operateCommands(actions.operate).forEach((command) => program.addCommand(command));
  program.addCommand(proxyCommand(actions.proxy));
  program.addCommand(caCommand(actions.ca));
  program.addCommand(webhookCommand(actions.webhook));
  program.addCommand(agentCommand(actions.agent));
  program.addCommand(demoCommand(actions.demo));
  program.addCommand(versionCommand(actions));
  program.addCommand(completionCommand(actions));
  for (const command of program.commands) {
    addHelp(command);
  }
  return program;
}

function addHelp(command: Command): void {
  const lines = examples[command.name()] ?? [];
  command.helpOption('-h, --help', 'show help');
  if (lines.length > 0) {
    command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }
  if (command.commands.length > 0) {
    command.helpCommand(false);
    command.commands.forEach(addHelp);
  }
}

function compileCommand(actions: Actions): Command {
  return addInputOptions(new Command('compile'))
    .summary('compile to Envoy configuration')
    .description('Compiles the input to Envoy configuration. Without --out, --bundle, --check or -o it shows a summary of the proxies.')
    .addOption(new Option('--out <DIR>', 'write the artifact as a folder of JSON files, all of it or nothing').argParser(nonEmpty))
    .addOption(new Option('--force', 'let --out replace a folder that is not an artifact'))
    .addOption(new Option('--bundle <FILE>', 'write the artifact as one file for serving (- for standard output)').argParser(nonEmpty))
    .addOption(new Option('-o, --output <FORMAT>', 'print the configuration as one document').choices(['json', 'yaml']))
    .addOption(new Option('--proxy <NAMESPACE/CLASS>', 'with -o: only what this proxy class gets').argParser(proxyName))
    .addOption(new Option('-t, --types <TYPES>', 'with -o: only these types: listener,cluster,route,endpoint,secret').argParser(typeList))
    .addOption(new Option('--check <DIR>', 'compare with the artifact in DIR, and show what differs').argParser(nonEmpty).conflicts(['out', 'bundle', 'output', 'watch', 'stats']))
    .addOption(new Option('--watch', 'compile again whenever the input changes'))
    .addOption(new Option('--stats', 'show bytes and resources of each proxy class, and the time of each stage'))
    .action((paths: string[], flags: CompileFlags) => actions.compile(paths, flags));
}

function lintCommand(actions: Actions): Command {
  return addInputOptions(new Command('lint'))
    .summary('check, without output files')
    .description('Runs all checks on the input and writes nothing.')
    .addOption(new Option('--fail-on <LEVEL>', 'from which level on a finding means exit code 1').choices([...levels]).default('error'))
    .action((paths: string[], flags: LintFlags) => actions.lint(paths, flags));
}

function explainCommand(actions: Actions): Command {
  return new Command('explain')
    .summary('explain a diagnostic')
    .description('Says what a diagnostic means, why it matters and what to do. Without a code it lists all.')
    .argument('[CODE]', 'as SMIC3001')
    .addOption(new Option('--debug', 'show the stack of an internal error'))
    .action((code: string | undefined) => actions.explain(code));
}

function versionCommand(actions: Actions): Command {
  return new Command('version')
    .summary("show smic's version")
    .description("Shows smic's version and that of the Envoy API it compiles to.")
    .addOption(new Option('-o, --output <FORMAT>', 'print it as a document').choices(['json', 'yaml']))
    .action((flags: VersionFlags) => actions.version(flags));
}

function completionCommand(actions: Actions): Command {
  return new Command('completion')
    .summary('print a completion script')
    .description('Prints a script that makes a shell complete commands, options and their values.')
    .argument('<SHELL>', 'bash, zsh or fish')
    .action((shell: string) => actions.completion(shell));
}
