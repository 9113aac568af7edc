import type { Command } from 'commander';
import { exitCode } from './exit-code.ts';
import { Failure } from './failure.ts';
import { createProgram } from './program/create-program.ts';
import type { Actions } from './program/flags.ts';
import { createPaint } from './terminal/paint.ts';
import { printable, printableLines } from './terminal/printable.ts';
import type { Terminal } from './terminal/terminal.ts';

/** Runs the command that `args` (without node and script) name, and gives its exit code. Throws nothing. */
export async function runMain(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = exitCode.yes;
  const done = async (result: Promise<number>): Promise<void> => {
    code = await result;
  };
  // Each command is loaded when it runs: `smic version` shouldn't wait for the compiler.
  const actions: Actions = {
    compile: async (paths, flags) => done((await import('./commands/compile.ts')).compileCommand(terminal, paths, flags)),
    lint: async (paths, flags) => done((await import('./commands/lint.ts')).lintCommand(terminal, paths, flags)),
    explain: async (name) => done((await import('./commands/explain.ts')).explainCommand(terminal, name)),
    snapshot: async (flags) => done((await import('./commands/snapshot.ts')).snapshotCommand(terminal, flags)),
    version: async (flags) => done((await import('./commands/version.ts')).versionCommand(terminal, flags)),
    completion: async (shell) => done((await import('./commands/completion.ts')).completionCommand(terminal, shell)),
    serve: async (artifact, flags) => done((await import('./commands/serve.ts')).serveCommand(terminal, artifact, flags)),
    status: async (flags) => done((await import('./commands/status.ts')).statusCommand(terminal, flags)),
    bootstrap: async (pod, flags) => done((await import('./commands/bootstrap.ts')).bootstrapCommand(terminal, pod, flags)),
    agent: async (flags) => done((await import('./commands/agent.ts')).agentCommand(flags)),
    inject: async (paths, flags) => done((await import('./commands/inject.ts')).injectCommand(terminal, paths, flags)),
    manifests: async (flags) => done((await import('./commands/manifests.ts')).manifestsCommand(terminal, flags)),
    install: async (flags) => done((await import('./commands/install.ts')).installCommand(terminal, flags)),
    uninstall: async (flags) => done((await import('./commands/uninstall.ts')).uninstallCommand(terminal, flags)),
    webhook: async (flags) => done((await import('./commands/webhook.ts')).webhookCommand(terminal, flags)),
    demo: async (flags) => done((await import('./commands/demo.ts')).demoCommand(terminal, flags)),
    operate: {
      check: async (flags) => done((await import('./commands/check.ts')).checkCommand(terminal, flags)),
      supportDump: async (flags) => done((await import('./commands/support-dump.ts')).supportDumpCommand(terminal, flags)),
      namespace: {
        add: async (namespaces, flags) => done((await import('./commands/namespace-change.ts')).namespaceAddCommand(terminal, namespaces, flags)),
        remove: async (namespaces, flags) => done((await import('./commands/namespace-change.ts')).namespaceRemoveCommand(terminal, namespaces, flags)),
        ignore: async (namespaces, flags) => done((await import('./commands/namespace-change.ts')).namespaceIgnoreCommand(terminal, namespaces, flags)),
        list: async (flags) => done((await import('./commands/namespace-list.ts')).namespaceListCommand(terminal, flags)),
      },
      metrics: { switch: async (on, flags) => done((await import('./commands/metrics.ts')).metricsCommand(terminal, on, flags)) },
      verify: { connectivity: async (flags) => done((await import('./commands/verify-connectivity.ts')).verifyConnectivityCommand(terminal, flags)) },
    },
    proxy: {
      table: async (name, flags) => done((await import('./commands/proxy-table.ts')).proxyTableCommand(terminal, name, flags)),
      config: async (flags) => done((await import('./commands/proxy-config.ts')).proxyConfigCommand(terminal, flags)),
      get: async (path, flags) => done((await import('./commands/proxy-get.ts')).proxyGetCommand(terminal, path, flags)),
    },
    ca: {
      init: async (folder, flags) => done((await import('./commands/ca-init.ts')).caInitCommand(terminal, folder, flags)),
      issue: async (folder, flags) => done((await import('./commands/ca-issue.ts')).caIssueCommand(terminal, folder, flags)),
      rotate: async (folder, flags) => done((await import('./commands/ca-rotate.ts')).caRotateCommand(terminal, folder, flags)),
      show: async (folder, flags) => done((await import('./commands/ca-show.ts')).caShowCommand(terminal, folder, flags)),
    },
  };
  try {
    const program = createProgram(actions);
    prepare(program, terminal);
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return explainError(error, args, terminal);
  }
}

// Subcommands that are added whole don't take over their parent's settings.
function prepare(program: Command, terminal: Terminal): void {
  for (const [command, words] of commandsOf(program, 'smic')) {
    command.exitOverride().showHelpAfterError(`(${words} --help shows all options)`);
    command.configureOutput({
      writeOut: (text) => void terminal.out.write(text),
      // Commander repeats what the user typed.
      writeErr: (text) => void terminal.err.write(printableLines(text)),
      getOutHelpWidth: () => (terminal.out.isTTY ? (process.stdout.columns ?? 80) : 100),
      getErrHelpWidth: () => (terminal.err.isTTY ? (process.stderr.columns ?? 80) : 100),
    });
  }
}

/** Every command with the words that call it. */
function commandsOf(command: Command, words: string): readonly (readonly [Command, string])[] {
  return [[command, words], ...command.commands.flatMap((below) => commandsOf(below, `${words} ${below.name()}`))];
}

async function explainError(error: unknown, args: readonly string[], terminal: Terminal): Promise<number> {
  const paint = createPaint(terminal.err.color);
  if (isCommanderError(error)) {
    // Commander has said what it had to say.
    return error.exitCode === 0 ? exitCode.yes : exitCode.unknown;
  }
  if (error instanceof Failure) {
    const below = [...error.details, error.fix].filter((line) => line !== '').map((line) => `  ${printable(line)}\n`);
    await terminal.err.write(`${paint.bold(paint.red('error'))}: ${printable(error.message)}\n${below.join('')}`);
    return exitCode.unknown;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  await terminal.err.write(`${paint.bold(paint.red('error'))}: this is a bug in smic: ${printable(message)}\n`);
  const wantsStack = args.includes('--debug') || (process.env['SMIC_DEBUG'] ?? '') !== '';
  await terminal.err.write(wantsStack ? `${printableLines(stack ?? '')}\n` : '  Please report it, with what --debug (or SMIC_DEBUG=1) shows and, if you can share it, the input.\n');
  return exitCode.unknown;
}

function isCommanderError(error: unknown): error is { readonly exitCode: number } {
  return error instanceof Error && 'exitCode' in error && 'code' in error && String(error.code).startsWith('commander.');
}
