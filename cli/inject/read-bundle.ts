import { readFile } from 'node:fs/promises';
import { Failure, isSystemError, systemErrorWords } from '../failure.ts';

/** The roots of a trust bundle (PEM) that pods are given. Throws a Failure where the file holds none, or more than certificates. */
export async function readBundle(file: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8');
    if (!text.includes('-----BEGIN CERTIFICATE-----') || text.includes('PRIVATE KEY')) {
      throw new Failure(`"${file}" holds no certificates, or more than certificates`, 'A trust bundle is PEM: the CERTIFICATE blocks of the roots, as in ca.crt of smic ca issue --out.');
    }
    return text;
  } catch (error) {
    throw isSystemError(error) ? new Failure(`"${file}" can't be read: ${systemErrorWords(error)}`) : error;
  }
}
