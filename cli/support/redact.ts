const replaced = '(redacted)';

/** Private keys, whatever their kind; also in JSON, where a line's end is written as \n. */
const privateKey = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z0-9 ]*PRIVATE KEY-----/g;
/** A key whose end was cut off. */
const brokenKey = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[^"]*/g;
/** JSON Web Tokens, as service accounts have them; in JSON the `n` of a line's end may stand before one. */
const webToken = /eyJ[\w-]{6,}\.[\w-]+\.[\w-]*/g;
const credentials = /((?:bearer|basic)\s+)[\w.~+/=-]{8,}/gi;
/** `password=…`, `"token": "…"` and the like. */
const named = /((?:pass(?:word|phrase)?|secret|token|api[-_]?key|credential)s?["']?\s*[:=]\s*["']?)[^\s"',;&}]{4,}/gi;

/** Text without what looks like a key, a token or a password. */
export function redact(text: string): string {
  return text
    .replace(privateKey, replaced)
    .replace(brokenKey, replaced)
    .replace(webToken, replaced)
    .replace(credentials, `$1${replaced}`)
    .replace(named, `$1${replaced}`);
}
