/** What the API server answered instead of what was asked for. */
export class ApiError extends Error {
  /** HTTP status, as 404. */
  readonly status: number;
  /** Kubernetes' word for it, as `NotFound`, `AlreadyExists`, `Conflict`, `Forbidden`, `Expired`, `Invalid`. */
  readonly reason: string;
  /** How long the server wants to be left alone, seconds. */
  readonly retryAfterSeconds: number | undefined;
  /** What is wrong with which field, where the server says so. */
  readonly causes: readonly ErrorCause[];

  constructor(answer: { readonly status: number; readonly reason: string; readonly message: string; readonly retryAfterSeconds?: number | undefined; readonly causes?: readonly ErrorCause[] }) {
    super(answer.message);
    this.name = 'ApiError';
    this.status = answer.status;
    this.reason = answer.reason;
    this.retryAfterSeconds = answer.retryAfterSeconds;
    this.causes = answer.causes ?? [];
  }
}

export interface ErrorCause {
  readonly field?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Why there was no answer at all: the API server can't be reached, isn't who it should be, or hangs. */
export class ConnectionError extends Error {
  /** Node's code, as `ECONNREFUSED` or `CERT_HAS_EXPIRED`; `TIMEOUT` where nothing came in time, `SILENT` for a watch, `BROKEN` for an answer that isn't Kubernetes'. */
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ConnectionError';
    this.code = code;
  }
}

/** A kubeconfig that is missing or can't be used. The message is for the user. */
export class KubeConfigError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'KubeConfigError';
  }
}

/** True where the server says that there is no such object (or no such kind). */
export function isNotFound(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 404;
}

/** The error that an answer with an error status stands for. */
export function errorOf(status: number, body: string, retryAfter?: string): ApiError {
  const answer = parsed(body);
  const details = recordOf(answer['details']);
  const seconds = Number(retryAfter ?? details['retryAfterSeconds']);
  return new ApiError({
    // The event of a broken watch has a status of its own, and comes with HTTP 200.
    status: typeof answer['code'] === 'number' ? answer['code'] : status,
    reason: typeof answer['reason'] === 'string' && answer['reason'] !== '' ? answer['reason'] : (reasons[status] ?? 'Unknown'),
    message: typeof answer['message'] === 'string' && answer['message'] !== '' ? answer['message'] : `the API server answered ${status}${firstLine(body)}`,
    retryAfterSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : undefined,
    causes: Array.isArray(details['causes']) ? (details['causes'] as readonly ErrorCause[]) : [],
  });
}

/** For answers that aren't a Status: those of proxies before the server, and of a server that is starting. */
const reasons: Readonly<Record<number, string>> = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict', 410: 'Expired', 429: 'TooManyRequests', 500: 'InternalError', 503: 'ServiceUnavailable', 504: 'Timeout' };

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(body));
  } catch {
    return {};
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function firstLine(body: string): string {
  const line = body.split('\n', 1)[0]?.trim().slice(0, 200) ?? '';
  return line === '' || line.startsWith('<') ? '' : `: ${line}`;
}
