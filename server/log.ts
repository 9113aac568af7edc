import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { LogLevel } from './log-level.ts';

/** One JSON object a line, one line an event: facts first, then the words. Never a key, never a certificate's content. */
export type Log = Pick<Logger, 'error' | 'warn' | 'info' | 'debug'>;

/** A log to `destination` (default: standard error), at `level` and above. */
export function createLog(level: LogLevel = 'info', destination?: DestinationStream): Log {
  const options = {
    level,
    // Host name and process id are for whoever collects the lines.
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // The last line of defence: whoever logs an issued certificate by mistake must not write its key.
    redact: { paths: ['privateKey', '*.privateKey', 'key', '*.key'], censor: '(withheld)' },
  };
  return pino(options, destination ?? pino.destination({ dest: 2, sync: true }));
}

/** The words of whatever was thrown. */
export function errorWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
