/** What the API server asks: `request` of an AdmissionReview (admission.k8s.io/v1), as far as it's read. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  /** Empty for kinds without. */
  readonly namespace: string;
  /** Empty where the API server makes one up. */
  readonly name: string;
  /** Undefined for DELETE. */
  readonly object: AdmittedObject | undefined;
  /** Undefined for CREATE. */
  readonly oldObject: AdmittedObject | undefined;
  readonly dryRun: boolean;
}

/** An object as JSON. */
export type AdmittedObject = Readonly<Record<string, unknown>>;

/** What is answered. */
export interface Verdict {
  readonly allowed: boolean;
  /** HTTP status and words for the client, where it isn't allowed. */
  readonly refusal?: { readonly code: number; readonly message: string };
  /** A sentence each; clients see them as `Warning: …`. */
  readonly warnings?: readonly string[];
  /** JSON Patch (RFC 6902). */
  readonly patch?: readonly object[];
}

/** The request in a body; undefined where it's no AdmissionReview of version v1. */
export function readReview(body: Buffer): AdmissionRequest | undefined {
  const review = parse(body);
  const request = review['request'];
  if (review['apiVersion'] !== 'admission.k8s.io/v1' || review['kind'] !== 'AdmissionReview' || !isRecord(request)) {
    return undefined;
  }
  const { uid, kind, operation, namespace, name, object, oldObject, dryRun } = request;
  if (typeof uid !== 'string' || uid === '' || !isRecord(kind) || !isOperation(operation)) {
    return undefined;
  }
  return {
    uid,
    kind: { group: text(kind['group']), version: text(kind['version']), kind: text(kind['kind']) },
    operation,
    namespace: text(namespace),
    name: text(name),
    object: isRecord(object) ? object : undefined,
    oldObject: isRecord(oldObject) ? oldObject : undefined,
    dryRun: dryRun === true,
  };
}

/** The API server cuts longer ones, and all of them beyond 4,096 characters. */
const longestWarning = 512;
const mostWarnings = 7;

/** The AdmissionReview that answers the request with this uid. */
export function reviewOf(uid: string, { allowed, refusal, warnings = [], patch }: Verdict): object {
  const shown = warnings.slice(0, mostWarnings).map((warning) => (warning.length > longestWarning ? `${warning.slice(0, longestWarning - 1)}…` : warning));
  const more = warnings.length - shown.length;
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed,
      ...(refusal && { status: { status: 'Failure', message: refusal.message, code: refusal.code, reason: refusal.code === 403 ? 'Forbidden' : 'Invalid' } }),
      ...(shown.length > 0 && { warnings: more > 0 ? [...shown, `and ${more} more: smic lint shows all`] : shown }),
      ...(patch && patch.length > 0 && { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }),
    },
  };
}

function parse(body: Buffer): AdmittedObject {
  try {
    const value: unknown = JSON.parse(body.toString());
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isOperation(value: unknown): value is AdmissionRequest['operation'] {
  return value === 'CREATE' || value === 'UPDATE' || value === 'DELETE' || value === 'CONNECT';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is AdmittedObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
