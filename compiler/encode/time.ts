import { EncodeError, shown } from './encode-error.ts';

/** Seconds and nanoseconds of a google.protobuf.Duration or Timestamp. */
export interface Instant {
  readonly seconds: number;
  readonly nanoseconds: number;
}

const duration = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;
const timestamp = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;
const maximumSeconds = 315_576_000_000;

/** `1.5s`; both parts have the sign. */
export function readDuration(value: unknown): Instant {
  const match = typeof value === 'string' ? duration.exec(value) : null;
  const [, sign, whole, fraction] = match ?? [];
  const seconds = Number(whole);
  const nanoseconds = nanosecondsOf(fraction);
  if (!match || seconds > maximumSeconds || (seconds === maximumSeconds && nanoseconds > 0)) {
    throw new EncodeError(`expected a duration such as "1.5s", found ${shown(value)}`);
  }
  // `0 -` keeps -0 away.
  return sign === '-' ? { seconds: 0 - seconds, nanoseconds: 0 - nanoseconds } : { seconds, nanoseconds };
}

/** RFC 3339, of the years 1 to 9999. */
export function readTimestamp(value: unknown): Instant {
  const match = typeof value === 'string' ? timestamp.exec(value) : null;
  const [, date, time, fraction, zone] = match ?? [];
  const milliseconds = Date.parse(`${date}T${time}${zone}`);
  // JavaScript lets 24:00:00 and the 30th of February pass; a date that reads back differently isn't one.
  const real = Number.isFinite(milliseconds) && new Date(Date.parse(`${date}T${time}Z`)).toISOString().startsWith(`${date}T${time}`);
  const seconds = milliseconds / 1000;
  if (!match || !real || seconds < -62_135_596_800 || seconds > 253_402_300_799) {
    throw new EncodeError(`expected a time such as "2006-01-02T15:04:05Z", found ${shown(value)}`);
  }
  return { seconds, nanoseconds: nanosecondsOf(fraction) };
}

function nanosecondsOf(fraction: string | undefined): number {
  return fraction === undefined ? 0 : Number(fraction.padEnd(9, '0'));
}
