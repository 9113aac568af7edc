/** Fields of Envoy's messages that hold what must stay secret. Envoy hides most of them itself. */
const secretFields: ReadonlySet<string> = new Set(['private_key', 'password', 'session_ticket_keys', 'generic_secret']);
const hidden = '[redacted]';

/** A JSON value without private keys, whatever Envoy answers. */
export function withoutKeys(value: unknown): unknown {
  if (typeof value === 'string') {
    return withoutKeysInText(value);
  }
  if (Array.isArray(value)) {
    return value.map(withoutKeys);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, secretFields.has(key) ? hidden : withoutKeys(member)]));
  }
  return value;
}

/** The same for an answer of any kind. */
export function withoutKeysInText(text: string): string {
  return text
    .replace(/"(private_key|password|session_ticket_keys|generic_secret)":\s*\{[^{}]*\}/g, `"$1": "${hidden}"`)
    .replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, hidden);
}
