/** A program that runs in a pod: it starts its servers or its work, and gives what the machine's side may ask it for. */
export type Program = (options: ProgramOptions) => Promise<Readonly<Record<string, Command>>>;
export type ProgramOptions = Readonly<Record<string, string | number | boolean>>;

/** Called with what was sent, which came as JSON; what it gives goes back the same way. */
export type Command = (argument: unknown) => unknown;

/** Which programs a pod's process runs, as its environment says it. */
export interface ProgramCall {
  readonly program: string;
  readonly options?: ProgramOptions;
}

interface Call {
  readonly id: number;
  readonly command: string;
  readonly argument: unknown;
}

/** The environment variable with the list of ProgramCalls, in JSON. */
export const programsVariable = 'SMIC_POD_PROGRAMS';

/**
 * Runs the programs that the environment names, and answers calls from the process that started it (by Node's IPC channel)
 * until that goes away. Never returns before.
 */
export async function runPodProcess(programs: Readonly<Record<string, Program>>): Promise<void> {
  const send = (message: object): void => void process.send?.(message, () => {});
  // The first process of a container would not hear a SIGTERM that it doesn't listen to.
  const ended = new Promise<void>((resolve) => ['disconnect', 'SIGTERM'].forEach((event) => process.once(event, resolve)));
  const commands = new Map<string, Command>();
  try {
    const calls = JSON.parse(process.env[programsVariable] ?? '[]') as readonly ProgramCall[];
    for (const { program, options = {} } of calls) {
      const start = programs[program];
      if (start === undefined) {
        throw new TypeError(`there is no program ${JSON.stringify(program)}`);
      }
      Object.entries(await start(options)).forEach(([name, command]) => commands.set(name, command));
    }
  } catch (error) {
    send({ started: false, error: words(error) });
    process.exitCode = 1;
    process.disconnect?.();
    return;
  }
  process.on('message', (call: Call) => {
    Promise.resolve(call.argument)
      .then(commands.get(call.command) ?? unknown(call.command))
      .then(
        (result) => send({ id: call.id, result }),
        (error: unknown) => send({ id: call.id, error: words(error) }),
      );
  });
  send({ started: true });
  await ended;
  // Its servers would keep it.
  process.exit(0);
}

function unknown(name: string): Command {
  return () => {
    throw new TypeError(`no program of this pod knows ${JSON.stringify(name)}`);
  };
}

function words(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
