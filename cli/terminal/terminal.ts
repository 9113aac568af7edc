/** One of the two streams that a command writes to. */
export interface Output {
  readonly isTTY: boolean;
  readonly color: boolean;
  /** Settles when more may be written, so that a large output to a slow reader doesn't pile up in memory. */
  write(text: string | Uint8Array): Promise<void>;
}

/** Where a command's output goes: data to `out`, words to `err`. */
export interface Terminal {
  readonly out: Output;
  readonly err: Output;
}

/** The process's own streams. */
export function processTerminal(): Terminal {
  return { out: output(process.stdout), err: output(process.stderr) };
}

function output(stream: NodeJS.WriteStream): Output {
  return {
    isTTY: stream.isTTY === true,
    color: wantsColor(process.env, stream.isTTY === true),
    write: (text) =>
      new Promise((resolve) => {
        if (text.length === 0 || stream.write(text)) {
          resolve();
        } else {
          stream.once('drain', resolve);
        }
      }),
  };
}

/** FORCE_COLOR before NO_COLOR before TERM, as Node itself has it; an empty variable says nothing. */
export function wantsColor(environment: Readonly<Record<string, string | undefined>>, isTTY: boolean): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = environment;
  if (force !== undefined && force !== '') {
    return force !== '0' && force !== 'false';
  }
  return isTTY && !no && term !== 'dumb';
}
