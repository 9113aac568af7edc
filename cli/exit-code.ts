/** What the process answers with, whatever the output format. */
export const exitCode = {
  /** The answer is yes. */
  yes: 0,
  /** The answer is no: findings, drift. */
  no: 1,
  /** No answer: bad flags, unreadable input, no place to write. */
  unknown: 2,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
