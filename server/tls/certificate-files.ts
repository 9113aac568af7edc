import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certificateFile, privateKeyFile } from '../bootstrap/certificate-secrets.ts';
import { CertificateError } from '../certificates/certificate-error.ts';
import { tryWatch } from '../certificates/try-watch.ts';
import type { HttpsCredentials } from '../https/https-server.ts';
import { errorWords, type Log } from '../log.ts';

/** A server's certificate from files that somebody else renews, as cert-manager does with a Secret. */
export interface CertificateFiles {
  credentials(): HttpsCredentials;
  /** Milliseconds since 1970. */
  until(): number;
  close(): void;
}

/** Milliseconds: notices of mounted Secrets get lost on some file systems, so files are read as often as this. */
const glance = 10_000;
const quiet = 50;

/**
 * Reads `tls.crt` and `tls.key` of a folder, and again whenever they change. A pair that doesn't belong together isn't taken; the one before
 * stays. Rejects with a CertificateError where there is none at first.
 */
export async function openCertificateFiles(folder: string, log: Log, changed: () => void): Promise<CertificateFiles> {
  let current = await readPair(folder);
  let problem = '';
  const reload = async (): Promise<void> => {
    try {
      const fresh = await readPair(folder);
      problem = '';
      if (fresh.chain !== current.chain || fresh.privateKey !== current.privateKey) {
        current = fresh;
        log.info({ until: new Date(fresh.until).toISOString() }, 'the certificate was replaced');
        changed();
      }
    } catch (error) {
      if (errorWords(error) !== problem) {
        problem = errorWords(error);
        log.error({ error: problem }, 'cannot use the changed certificate; the one before stays in use');
      }
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void reload(), quiet).unref();
  };
  const glances = setInterval(() => void reload(), glance).unref();
  const watcher = tryWatch(folder, soon);
  return {
    credentials: () => current,
    until: () => current.until,
    close() {
      clearTimeout(timer);
      clearInterval(glances);
      watcher?.close();
    },
  };
}

async function readPair(folder: string): Promise<HttpsCredentials & { readonly until: number }> {
  try {
    const [chain = '', privateKey = ''] = await Promise.all([certificateFile, privateKeyFile].map((name) => readFile(join(folder, name), 'utf8')));
    const leaf = new X509Certificate(chain);
    if (!leaf.checkPrivateKey(createPrivateKey(privateKey))) {
      throw new Error('the key belongs to another certificate');
    }
    return { chain, privateKey, until: Date.parse(leaf.validTo) };
  } catch (error) {
    throw new CertificateError(`cannot use ${certificateFile} and ${privateKeyFile} in ${folder}: ${errorWords(error)}`);
  }
}
