import { createPrivateKey, X509Certificate } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { certificateFile, privateKeyFile, trustBundleFile } from '../server/bootstrap/certificate-secrets.ts';

/** A key with its certificate, and whom to trust: all PEM. */
export interface HeldCertificate {
  readonly certificate: string;
  readonly privateKey: string;
  readonly trustBundle: string;
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** The link that is replaced, as kubelet does with a mounted Secret: readers see the files of one version, or of the other. */
const current = '..data';

/** Puts a certificate into the folder that Envoy watches, all files at once, for this user only. */
export async function writeCertificate(folder: string, { certificate, privateKey, trustBundle }: Omit<HeldCertificate, 'notBefore' | 'notAfter'>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const version = await mkdtemp(join(folder, '..version-'));
  const files = { [certificateFile]: certificate, [privateKeyFile]: privateKey, [trustBundleFile]: trustBundle };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(version, name), content, { mode: 0o600, flag: 'wx' });
  }
  await rm(join(folder, `${current}.new`), { force: true });
  await symlink(basename(version), join(folder, `${current}.new`));
  await rename(join(folder, `${current}.new`), join(folder, current));
  for (const name of Object.keys(files)) {
    await lstat(join(folder, name)).catch(() => symlink(`${current}/${name}`, join(folder, name)));
  }
  for (const name of await readdir(folder)) {
    if (name.startsWith('..version-') && name !== basename(version)) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

/** What lies in the folder; undefined where there is nothing that could be used. */
export async function readCertificate(folder: string): Promise<HeldCertificate | undefined> {
  try {
    const [certificate, privateKey, trustBundle] = await Promise.all([certificateFile, privateKeyFile, trustBundleFile].map((name) => readFile(join(folder, name), 'utf8')));
    if (certificate === undefined || privateKey === undefined || trustBundle === undefined) return undefined;
    const leaf = new X509Certificate(certificate);
    if (!leaf.checkPrivateKey(createPrivateKey(privateKey))) return undefined;
    return { certificate, privateKey, trustBundle, notBefore: Date.parse(leaf.validFrom), notAfter: Date.parse(leaf.validTo) };
  } catch {
    return undefined;
  }
}

/** The trust bundle that the server sent last; undefined where there is none. */
export async function readTrustBundle(folder: string): Promise<string | undefined> {
  const text = await readFile(join(folder, trustBundleFile), 'utf8').catch(() => '');
  return text.startsWith('-----BEGIN CERTIFICATE-----') ? text : undefined;
}
