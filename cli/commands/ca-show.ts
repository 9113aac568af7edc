import type { X509Certificate } from 'node:crypto';
import { type AuthorityCertificates, nameOf } from '../../server/certificates/authority.ts';
import { type CaContent, readCaFolder } from '../../server/certificates/ca-folder.ts';
import { stageOf } from '../../server/certificates/ca-state.ts';
import { trustBundleOf } from '../../server/certificates/internal-ca.ts';
import { withCaFailures } from '../ca/with-ca-failures.ts';
import { exitCode, type ExitCode } from '../exit-code.ts';
import type { CaShowFlags } from '../program/ca-flags.ts';
import { printable } from '../terminal/printable.ts';
import { table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

const day = 86_400_000;

/** A CA as `-o json` has it. */
interface Shown {
  readonly id: string;
  readonly name: string;
  readonly signs: boolean;
  readonly key: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly daysLeft: number;
  /** SHA-256 of the DER of the root that is trusted because of it. */
  readonly root: string;
}

const words = {
  none: '',
  trust: '\nA rotation goes on: the new root is trusted and does not sign yet.\n',
  replace: '\nA rotation goes on: the new root signs, and the old one is still trusted.\n',
} as const;

/** `smic ca show`. */
export async function caShowCommand(terminal: Terminal, folder: string, { output }: CaShowFlags): Promise<ExitCode> {
  const content = await withCaFailures(async () => readCaFolder(folder));
  await terminal.out.write(output === 'pem' ? trustBundleOf(content) : output === 'json' ? asJson(content) : asTable(content));
  return exitCode.yes;
}

function asJson(content: CaContent): string {
  const { leafKeys } = content.state;
  return `${JSON.stringify({ rotation: stageOf(content.state), leafKeys, authorities: content.trusted.map((authority) => shown(authority, content)) }, null, 2)}\n`;
}

function asTable(content: CaContent): string {
  const rows = content.trusted.map((authority) => {
    const { id, name, signs, key, notBefore, notAfter, daysLeft } = shown(authority, content);
    return [signs ? 'signs' : 'trusted', id.slice(0, 16), printable(name), key, notBefore.slice(0, 10), notAfter.slice(0, 10), String(daysLeft)];
  });
  const titles = ['ROLE', 'ID', 'NAME', 'KEY', 'FROM', 'UNTIL'].map((title) => ({ title }));
  return table([...titles, { title: 'DAYS LEFT', align: 'right' }], rows) + words[stageOf(content.state)];
}

function shown(authority: AuthorityCertificates, { state }: CaContent): Shown {
  const [first] = authority.certificates;
  return {
    id: authority.id,
    name: first ? nameOf(first) : '',
    signs: authority.id === state.signing,
    key: first ? keyWords(first) : '',
    notBefore: new Date(authority.notBefore).toISOString(),
    notAfter: new Date(authority.notAfter).toISOString(),
    daysLeft: Math.floor((authority.notAfter - Date.now()) / day),
    root: authority.rootId,
  };
}

function keyWords({ publicKey }: X509Certificate): string {
  const { namedCurve, modulusLength } = publicKey.asymmetricKeyDetails ?? {};
  return modulusLength === undefined ? `ECDSA ${namedCurve === 'prime256v1' ? 'P-256' : (namedCurve ?? '')}` : `RSA ${modulusLength}`;
}
